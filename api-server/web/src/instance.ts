// What this server allows and where uploads go; read once, before the first view.

import { getInstance } from "./api/calls";
import type { Instance } from "./api/types";

let loaded: Instance | null = null;

export async function loadInstance(): Promise<Instance> {
  loaded ??= await getInstance();
  return loaded;
}

export function instance(): Instance {
  if (loaded === null) throw new Error("the instance is read before any view is shown");
  return loaded;
}

export function uploadEndpoint(): string {
  return new URL(instance().uploads.url, location.href).href;
}
