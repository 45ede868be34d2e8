import { defineConfig } from "vite";

// Only the development server needs to know where api-server is; the built
// client is served by it and asks `/api/v1/instance` for everything else.
const api = process.env.PAWL_API_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  server: { proxy: { "/api": api, "/media": api } },
  build: {
    target: "es2022",
    // The content security policy allows files of our own, not inlined ones.
    assetsInlineLimit: 0,
    // hls.js is one chunk of about 550 kB, fetched when the first video plays.
    chunkSizeWarningLimit: 700,
  },
});
