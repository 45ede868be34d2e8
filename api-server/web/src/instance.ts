// The URL of upload-server and the terms of uploads and pictures, loaded when a file may be chosen.
// Every other bound is in `api/schema.ts`, so that no page waits for this.

import { getInstance } from "./api/calls";
import type { Instance } from "./api/types";

let loading: Promise<Instance> | null = null;

/** Asks the server once; again after a failure. */
function instance(): Promise<Instance> {
  loading ??= getInstance().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** The terms of uploads, with an absolute URL. */
export async function uploadTerms(): Promise<Instance["uploads"]> {
  const { uploads } = await instance();
  return { ...uploads, url: new URL(uploads.url, location.href).href };
}

/** The terms of pictures that are sent in a form. */
export async function pictureTerms(): Promise<Instance["pictures"]> {
  return (await instance()).pictures;
}
