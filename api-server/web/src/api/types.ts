// The API's JSON as docs/api describes it: what this client reads and sends, by
// the same names. Ids are opaque strings, times RFC 3339, nothing is ever absent.

export type Visibility = "public" | "followers" | "private";

export interface Author {
  id: string;
  username: string;
  first_name: string;
  last_name: string;
  avatar_url: string;
}

export interface Relation {
  following: boolean;
  followed_by: boolean;
  follow_requested: boolean;
  muting: boolean;
}

export interface User extends Author {
  bio: string;
  cover_url: string;
  is_private: boolean;
  followers_count: number;
  following_count: number;
  posts_count: number;
  created_at: string;
  /** Null for oneself, and for visitors. */
  viewer: Relation | null;
}

export interface Me extends User {
  email: string;
  role: "user" | "admin";
}

export interface ProfilePatch {
  first_name: string;
  last_name: string;
  bio: string;
  is_private: boolean;
}

export interface SignUp {
  username: string;
  email: string;
  password: string;
  first_name: string;
  last_name: string;
}

export interface Tokens {
  access_token: string;
  token_type: string;
  /** Seconds. */
  expires_in: number;
  refresh_token: string;
  session_id: string;
}

export interface Session {
  id: string;
  current: boolean;
  created_at: string;
  last_used_at: string;
  user_agent: string;
  network: string;
}

export interface Variant {
  name: string;
  width: number;
  height: number;
  url: string;
}

export interface Media {
  id: string;
  kind: "video" | "image" | "audio" | null;
  state: "uploading" | "processing" | "ready" | "failed";
  /** Null for everyone but the owner, and where progress is not tracked. */
  progress: { stage: string; percent: number | null; eta_ms: number | null } | null;
  error: { code: string; detail: string } | null;
  width: number | null;
  height: number | null;
  duration_ms: number | null;
  alt: string | null;
  blurhash: string | null;
  poster_url: string | null;
  /** `hls_url` is there as soon as the first rendition plays. */
  playback: { hls_url: string | null; source_url: string | null };
  /** The sizes of a picture, the smallest first. */
  variants: Variant[];
}

export interface Post {
  id: string;
  author: Author;
  text: string;
  visibility: Visibility;
  media: Media[];
  likes_count: number;
  comments_count: number;
  liked: boolean;
  created_at: string;
  edited_at: string | null;
}

export interface NewPost {
  text: string;
  visibility: Visibility;
  media: { upload_id: string; alt: string }[];
}

export interface Comment {
  id: string;
  post_id: string;
  parent_id: string | null;
  /** Null when it is deleted, like its text. */
  author: Author | null;
  text: string | null;
  likes_count: number;
  replies_count: number;
  liked: boolean;
  created_at: string;
  edited_at: string | null;
  deleted: boolean;
  /** The oldest of them; null at the depth where a page ends. */
  replies: Page<Comment> | null;
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface Instance {
  name: string;
  version: string;
  uploads: { url: string; max_bytes: number; accept: string[] };
  limits: {
    post_text_chars: number;
    post_media: number;
    comment_text_chars: number;
    alt_chars: number;
    bio_chars: number;
  };
}

/** RFC 9457; `pointer` is a JSON pointer into the request's body. */
export interface ProblemBody {
  status: number;
  code: string;
  title: string;
  detail: string;
  request_id: string;
  errors?: { pointer: string; code: string; detail: string }[];
}
