// The server's limits and the URL of upload-server, loaded once before the first view.

import { getInstance } from "./api/calls";
import type { Instance } from "./api/types";

let loaded: Instance | null = null;

export async function loadInstance(): Promise<Instance> {
  loaded ??= await getInstance();
  return loaded;
}

export function instance(): Instance {
  if (loaded === null) throw new Error("the instance is loaded before the first view");
  return loaded;
}

export function uploadEndpoint(): string {
  return new URL(instance().uploads.url, location.href).href;
}
