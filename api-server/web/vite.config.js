import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

import { defineConfig } from "vite";

// Only the development server needs to know where api-server is; the built
// client is served by it and asks `/api/v1/instance` for everything else.
const api = process.env.PAWL_API_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [precompress()],
  server: { proxy: { "/api": api, "/media": api, "/openapi.json": api } },
  build: {
    target: "es2022",
    // The content security policy allows files of our own, not inlined ones.
    assetsInlineLimit: 0,
    rollupOptions: { input: ["index.html", "docs.html"] },
    // hls.js is one chunk of about 580 kB, fetched when the first video plays.
    chunkSizeWarningLimit: 600,
  },
});

/** Writes `.br` and `.gz` beside each file: api-server sends what the browser takes. */
function precompress() {
  let folder;
  return {
    name: "precompress",
    apply: "build",
    configResolved: (config) => void (folder = join(config.root, config.build.outDir)),
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true })) {
        const path = join(folder, name);
        if (!statSync(path).isFile()) continue;
        const content = readFileSync(path);
        writeFileSync(`${path}.br`, brotliCompressSync(content));
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
      }
    },
  };
}
