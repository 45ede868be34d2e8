// The URLs of the running stack, and the video to upload.

export const apiUrl = wanted("PAWL_TEST_API_URL");
export const uploadUrl = wanted("PAWL_TEST_UPLOAD_URL");
export const video = wanted("PAWL_TEST_VIDEO");
export const chromium = process.env.PAWL_TEST_CHROMIUM ?? "/usr/bin/chromium";

function wanted(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: these tests run against a running stack`);
  return value;
}
