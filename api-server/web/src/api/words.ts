// The sentences that people read when something fails, by the code of the error. The server's
// `detail` is for developers and is never shown.

import type { FailureCode, FieldCode, ProblemCode } from "./schema";

/** The labels of the sign-in form, which its error repeats. */
export const LOGIN = "Username or e-mail";
export const PASSWORD = "Password";

const SIGN_IN_AGAIN = "You are signed out. Sign in again.";
const UNSEEN = "This does not exist, or you may not see it.";
const ENDED_UPLOAD = "This upload can no longer be completed. Upload the file again.";

/** The codes that this client can meet; the others get a sentence by their status. */
const PROBLEMS: Partial<Record<ProblemCode, string>> = {
  body_too_large: "This is too large.",
  body_too_slow: "The connection is too slow. Try again.",
  busy: "The server is busy right now.",
  email_taken: "There is already an account with this e-mail address.",
  forbidden: "You may not change this.",
  gone: "This has been deleted.",
  idempotency_key_in_use: "This is still being sent. Try again in a moment.",
  invalid_credentials: `${LOGIN} or ${PASSWORD.toLowerCase()} is wrong.`,
  invalid_cursor: "This list has changed. Reload the page.",
  media_attached: "This file is in a post. Change or delete the post instead.",
  media_in_use: "This file is already in a post. Upload it again to use it twice.",
  media_not_ready: "This file is not ready yet. Try again in a moment.",
  no_space: "The server has no space left for files.",
  not_found: UNSEEN,
  own_account: "You cannot do this to yourself.",
  post_full: "The post already has as many files as it may have.",
  rate_limited: "You have done this very often in a short time.",
  refresh_token_invalid: "Your session has expired. Sign in again.",
  session_ended: "Your session was ended elsewhere. Sign in again.",
  suspended: "This account is suspended.",
  token_expired: SIGN_IN_AGAIN,
  token_invalid: SIGN_IN_AGAIN,
  token_missing: SIGN_IN_AGAIN,
  too_many_attempts: "Too many sign-ins to this account have failed.",
  type_not_accepted: "Files of this type are not accepted.",
  upload_gone: ENDED_UPLOAD,
  upload_locked: "Another tab or device is sending this file.",
  upload_not_found: ENDED_UPLOAD,
  upload_too_large: "This file is too large.",
  username_taken: "This username is taken. Choose another one.",
  wrong_password: "The current password is wrong.",
};

/** Formats of pictures that the server does not read. */
const FORMATS = {
  unsupported_avif: unread("AVIF pictures"),
  unsupported_bmp: unread("BMP pictures"),
  unsupported_heic: unread("HEIC pictures"),
  unsupported_ico: unread("Icon files"),
  unsupported_jp2: unread("JPEG 2000 pictures"),
  unsupported_jxl: unread("JPEG XL pictures"),
  unsupported_psd: unread("Photoshop files"),
  unsupported_raw: unread("Camera raw files"),
  unsupported_svg: unread("SVG pictures"),
  unsupported_tiff: unread("TIFF pictures"),
};

const FIELDS: Record<FieldCode, string> = {
  ...FORMATS,
  duplicate: "This is in the list twice.",
  duplicate_field: "This was sent twice.",
  email_taken: "There is already an account with this e-mail address.",
  empty: "The file is empty.",
  encoder_failed: "This picture could not be converted.",
  invalid_cursor: "This list has changed. Reload the page.",
  invalid_email: "Enter an e-mail address, such as ada@example.org.",
  invalid_login: "This is neither a username nor an e-mail address.",
  invalid_name: "Enter a name without special control characters.",
  invalid_text: "This contains characters that are not allowed.",
  invalid_username:
    "Use only letters A–Z, digits and _ . + -. Begin with a letter, digit or _; do not end with a dot.",
  media_in_use: "This file is already in a post. Upload it again to use it twice.",
  media_not_ready: "This file is not ready yet. Try again in a moment.",
  not_a_picture: "This file is not a picture.",
  not_media: "This file cannot be read as a picture.",
  out_of_memory: "This picture needs too much memory to convert.",
  out_of_range: "This number is too small or too large.",
  own_account: "You cannot do this to yourself.",
  password_common: "This password is well known. Choose another one.",
  password_numeric: "A password needs more than digits.",
  password_too_long: "This password is too long.",
  password_too_short: "This password is too short.",
  password_too_similar: "This password is too much like your name or e-mail address.",
  password_too_weak: "This password is easy to guess. Add another word or two.",
  private_account: "Your account is private. Choose your followers or only you.",
  required: "Fill this in.",
  timed_out: "Converting this picture takes too long.",
  too_long: "This is too long.",
  too_many: "There are too many of these.",
  too_many_pictures: "Choose only one picture.",
  too_many_pixels: "This picture has too many pixels.",
  truncated: "This file is incomplete.",
  unknown_comment: "The comment that you answer has been deleted.",
  unknown_field: "This is not allowed here.",
  unknown_upload: "This upload no longer exists. Upload the file again.",
  unknown_value: "Choose one of the given values.",
  unsupported_codec: "Files of this format are not supported.",
  username_taken: "This username is taken. Choose another one.",
  wrong_type: "This is not allowed here.",
};

const FAILURES: Record<FailureCode, string> = {
  ...FORMATS,
  attempts_exhausted: "This file could not be converted. Upload it again.",
  disk_full: "The server had no space left to convert this file.",
  empty: "This file is empty.",
  encoder_failed: "This file could not be converted.",
  no_video: "This file contains no video.",
  not_media: "This file cannot be read as a picture or video.",
  out_of_memory: "This file is too large to convert.",
  timed_out: "Converting this file took too long.",
  too_long: "This video is too long.",
  too_many_pixels: "This file has too many pixels.",
  too_many_streams: "This file has too many tracks.",
  truncated: "This file is incomplete.",
  unsupported_codec: "Files of this format are not supported.",
  upload_expired: "The upload was not finished in time.",
  upload_rejected: "This file was not accepted.",
};

function unread(what: string): string {
  return `${what} cannot be read here. Use a JPEG or a PNG.`;
}

export function problemWords(status: number, code: string): string {
  return find(PROBLEMS, code) ?? statusWords(status);
}

export function fieldWords(code: string): string {
  return find(FIELDS, code) ?? "This is not allowed.";
}

/** Why a picture or video could not be shown; null for a code that is newer than this client. */
export function failureWords(code: string): string | null {
  return find(FAILURES, code) ?? null;
}

function statusWords(status: number): string {
  if (status === 404 || status === 410) return UNSEEN;
  if (status === 401) return SIGN_IN_AGAIN;
  if (status === 503) return "The server is not available right now.";
  if (status >= 500) return "The server has a problem.";
  return "The server did not accept this.";
}

/** Codes come from outside: `constructor` is no key of a table. */
function find(words: Partial<Record<string, string>>, code: string): string | undefined {
  return Object.hasOwn(words, code) ? words[code] : undefined;
}
