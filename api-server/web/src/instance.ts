// The URL of upload-server and what it accepts, loaded when something may be uploaded. Every other
// bound is in `api/schema.ts`, so that no page waits for this.

import { getInstance } from "./api/calls";
import type { Instance } from "./api/types";

let loading: Promise<Instance["uploads"]> | null = null;

/** Asks the server once; again after a failure. */
export function uploadTerms(): Promise<Instance["uploads"]> {
  loading ??= getInstance().then(
    ({ uploads }) => ({ ...uploads, url: new URL(uploads.url, location.href).href }),
    (error: unknown) => {
      loading = null;
      throw error;
    },
  );
  return loading;
}
