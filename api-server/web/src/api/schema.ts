// Generated from docs/openapi.json and docs/errors.md by `scripts/web-client types`. Do not edit.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @example A bird over a roof */
        AltText: string;
        /** @example I draw birds. */
        Bio: string;
        Comment: {
            author: components["schemas"]["UserSummary"] | null;
            /** Format: date-time */
            created_at: string;
            deleted: boolean;
            /** Format: date-time */
            edited_at: string | null;
            id: components["schemas"]["CommentId"];
            liked: boolean;
            /** Format: int64 */
            likes_count: number;
            parent_id: components["schemas"]["CommentId"] | null;
            post_id: components["schemas"]["PostId"];
            replies: components["schemas"]["Replies"] | null;
            /** Format: int64 */
            replies_count: number;
            text: string | null;
        };
        CommentId: string;
        CommentPage: {
            items: components["schemas"]["Comment"][];
            newest_cursor: string;
            next_cursor: string | null;
        };
        CommentPatch: {
            text?: components["schemas"]["CommentText"];
        };
        CommentText: string;
        /**
         * Format: idn-email
         * @example ada@example.org
         */
        EmailAddress: string;
        Failure: {
            code: string;
            detail: string;
        };
        Instance: {
            features: string[];
            limits: components["schemas"]["Limits"];
            name: string;
            pictures: components["schemas"]["Pictures"];
            uploads: components["schemas"]["Uploads"];
            version: string;
        };
        Limits: {
            alt_chars: number;
            bio_chars: number;
            comment_text_chars: number;
            page_items: number;
            post_media: number;
            post_text_chars: number;
        };
        /** @example ada */
        Login: string;
        Me: {
            avatar_url: string;
            bio: string;
            cover_url: string;
            /** Format: date-time */
            created_at: string;
            email: string;
            first_name: string;
            /** Format: int64 */
            followers_count: number;
            /** Format: int64 */
            following_count: number;
            id: components["schemas"]["UserId"];
            is_private: boolean;
            last_name: string;
            /** Format: int64 */
            posts_count: number;
            role: string;
            username: string;
            viewer: components["schemas"]["Relation"] | null;
        };
        Media: {
            alt: string;
            blurhash: string | null;
            /** Format: int64 */
            duration_ms: number | null;
            error: components["schemas"]["Failure"] | null;
            /** Format: int32 */
            height: number | null;
            id: components["schemas"]["MediaId"];
            kind: components["schemas"]["MediaKind"] | null;
            playback: components["schemas"]["Playback"];
            poster_url: string | null;
            progress: components["schemas"]["Progress"] | null;
            renditions: components["schemas"]["RenditionSummary"][];
            state: components["schemas"]["MediaState"];
            variants: components["schemas"]["Variant"][];
            /** Format: int32 */
            width: number | null;
        };
        MediaId: string;
        /** @enum {string} */
        MediaKind: "video" | "image" | "audio";
        MediaList: components["schemas"]["NewPostMedia"][];
        /** @enum {string} */
        MediaState: "uploading" | "processing" | "ready" | "failed";
        NewComment: {
            parent_id?: components["schemas"]["CommentId"] | null;
            text: components["schemas"]["CommentText"];
        };
        /**
         * Format: password
         * @example as the crow flies
         */
        NewPassword: string;
        NewPost: {
            media?: components["schemas"]["MediaList"];
            text?: components["schemas"]["PostText"];
            /** @default public */
            visibility: components["schemas"]["Visibility"];
        };
        NewPostMedia: {
            alt?: components["schemas"]["AltText"] | null;
            upload_id: components["schemas"]["MediaId"];
        };
        NewUser: {
            email: components["schemas"]["EmailAddress"];
            first_name: components["schemas"]["PersonName"];
            last_name: components["schemas"]["PersonName"];
            password: components["schemas"]["NewPassword"];
            username: components["schemas"]["Username"];
        };
        /** Format: password */
        Password: string;
        PasswordChange: {
            current_password: components["schemas"]["Password"];
            new_password: components["schemas"]["NewPassword"];
        };
        /** @example Ada */
        PersonName: string;
        PictureChoice: {
            upload_id?: components["schemas"]["MediaId"] | null;
        };
        Pictures: {
            accept: string[];
            max_bytes: number;
            /** Format: int64 */
            max_pixels: number;
            /** Format: int32 */
            max_side: number;
        };
        Playback: {
            hls_url: string | null;
            source_url: string | null;
        };
        Post: {
            author: components["schemas"]["UserSummary"];
            bookmarked: boolean;
            /** Format: int64 */
            comments_count: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            edited_at: string | null;
            id: components["schemas"]["PostId"];
            liked: boolean;
            /** Format: int64 */
            likes_count: number;
            media: components["schemas"]["Media"][];
            reposted: boolean;
            /** Format: int64 */
            reposts_count: number;
            text: string;
            visibility: components["schemas"]["Visibility"];
        };
        PostId: string;
        PostPage: {
            items: components["schemas"]["Post"][];
            newest_cursor: string;
            next_cursor: string | null;
        };
        PostPatch: {
            media?: components["schemas"]["MediaList"];
            text?: components["schemas"]["PostText"];
            visibility?: components["schemas"]["Visibility"];
        };
        /** @example Hello */
        PostText: string;
        Problem: {
            code: string;
            detail: string | null;
            errors?: {
                code: string;
                detail: string;
                pointer: string;
            }[];
            request_id: string | null;
            status: number;
            title: string;
            type: string;
        };
        ProfilePatch: {
            bio?: components["schemas"]["Bio"];
            first_name?: components["schemas"]["PersonName"];
            is_private?: boolean;
            last_name?: components["schemas"]["PersonName"];
        };
        Progress: {
            /** Format: int64 */
            eta_ms: number | null;
            /** Format: double */
            percent: number | null;
            stage: components["schemas"]["Stage"];
        };
        Refresh: {
            refresh_token: string;
        };
        Relation: {
            follow_requested: boolean;
            followed_by: boolean;
            following: boolean;
            muting: boolean;
        };
        RenditionSummary: {
            /** Format: int64 */
            bandwidth_bps: number | null;
            /** Format: int32 */
            height: number | null;
            name: string;
            /** Format: int32 */
            width: number | null;
        };
        Replies: {
            items: components["schemas"]["Comment"][];
            next_cursor: string | null;
        };
        Session: {
            /** Format: date-time */
            created_at: string;
            current: boolean;
            id: components["schemas"]["SessionId"];
            /** Format: date-time */
            last_used_at: string;
            network: string;
            user_agent: string;
        };
        SessionId: string;
        SessionPage: {
            items: components["schemas"]["Session"][];
            newest_cursor: string;
            next_cursor: string | null;
        };
        SignIn: {
            login: components["schemas"]["Login"];
            password: components["schemas"]["Password"];
        };
        /** @enum {string} */
        Stage: "probing" | "encoding" | "publishing";
        Tokens: {
            access_token: string;
            /** Format: int64 */
            expires_in: number;
            refresh_token: string;
            session_id: components["schemas"]["SessionId"];
            token_type: string;
        };
        Upload: {
            /** Format: date-time */
            expires_at: string | null;
            id: components["schemas"]["UploadId"];
            /** Format: int64 */
            length: number | null;
            /** Format: int64 */
            offset: number;
            state: components["schemas"]["UploadState"];
        };
        UploadId: string;
        Uploads: {
            accept: string[];
            /** Format: int64 */
            max_bytes: number;
            url: string;
        };
        /** @enum {string} */
        UploadState: "open" | "complete" | "rejected" | "expired" | "terminated";
        User: {
            avatar_url: string;
            bio: string;
            cover_url: string;
            /** Format: date-time */
            created_at: string;
            first_name: string;
            /** Format: int64 */
            followers_count: number;
            /** Format: int64 */
            following_count: number;
            id: components["schemas"]["UserId"];
            is_private: boolean;
            last_name: string;
            /** Format: int64 */
            posts_count: number;
            username: string;
            viewer: components["schemas"]["Relation"] | null;
        };
        UserId: string;
        /** @example ada */
        Username: string;
        UserPage: {
            items: components["schemas"]["User"][];
            newest_cursor: string;
            next_cursor: string | null;
        };
        UserSummary: {
            avatar_url: string;
            first_name: string;
            id: components["schemas"]["UserId"];
            last_name: string;
            username: string;
        };
        Variant: {
            /** Format: int32 */
            height: number;
            name: string;
            url: string;
            /** Format: int32 */
            width: number;
        };
        /** @enum {string} */
        Visibility: "public" | "followers" | "private";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type AltText = components['schemas']['AltText'];
export type Bio = components['schemas']['Bio'];
export type Comment = components['schemas']['Comment'];
export type CommentId = components['schemas']['CommentId'];
export type CommentPage = components['schemas']['CommentPage'];
export type CommentPatch = components['schemas']['CommentPatch'];
export type CommentText = components['schemas']['CommentText'];
export type EmailAddress = components['schemas']['EmailAddress'];
export type Failure = components['schemas']['Failure'];
export type Instance = components['schemas']['Instance'];
export type Limits = components['schemas']['Limits'];
export type Login = components['schemas']['Login'];
export type Me = components['schemas']['Me'];
export type Media = components['schemas']['Media'];
export type MediaId = components['schemas']['MediaId'];
export type MediaKind = components['schemas']['MediaKind'];
export type MediaList = components['schemas']['MediaList'];
export type MediaState = components['schemas']['MediaState'];
export type NewComment = components['schemas']['NewComment'];
export type NewPassword = components['schemas']['NewPassword'];
export type NewPost = components['schemas']['NewPost'];
export type NewPostMedia = components['schemas']['NewPostMedia'];
export type NewUser = components['schemas']['NewUser'];
export type Password = components['schemas']['Password'];
export type PasswordChange = components['schemas']['PasswordChange'];
export type PersonName = components['schemas']['PersonName'];
export type PictureChoice = components['schemas']['PictureChoice'];
export type Pictures = components['schemas']['Pictures'];
export type Playback = components['schemas']['Playback'];
export type Post = components['schemas']['Post'];
export type PostId = components['schemas']['PostId'];
export type PostPage = components['schemas']['PostPage'];
export type PostPatch = components['schemas']['PostPatch'];
export type PostText = components['schemas']['PostText'];
export type Problem = components['schemas']['Problem'];
export type ProfilePatch = components['schemas']['ProfilePatch'];
export type Progress = components['schemas']['Progress'];
export type Refresh = components['schemas']['Refresh'];
export type Relation = components['schemas']['Relation'];
export type RenditionSummary = components['schemas']['RenditionSummary'];
export type Replies = components['schemas']['Replies'];
export type Session = components['schemas']['Session'];
export type SessionId = components['schemas']['SessionId'];
export type SessionPage = components['schemas']['SessionPage'];
export type SignIn = components['schemas']['SignIn'];
export type Stage = components['schemas']['Stage'];
export type Tokens = components['schemas']['Tokens'];
export type Upload = components['schemas']['Upload'];
export type UploadId = components['schemas']['UploadId'];
export type Uploads = components['schemas']['Uploads'];
export type UploadState = components['schemas']['UploadState'];
export type User = components['schemas']['User'];
export type UserId = components['schemas']['UserId'];
export type Username = components['schemas']['Username'];
export type UserPage = components['schemas']['UserPage'];
export type UserSummary = components['schemas']['UserSummary'];
export type Variant = components['schemas']['Variant'];
export type Visibility = components['schemas']['Visibility'];
export type $defs = Record<string, never>;
export type operations = Record<string, never>;

export type ProblemCode =
  | "alt_not_text"
  | "alt_too_long"
  | "beyond_upload_length"
  | "body_broken"
  | "body_incomplete"
  | "body_too_large"
  | "body_too_slow"
  | "busy"
  | "completed_upload"
  | "draft_not_spoken"
  | "duplicate_header"
  | "email_taken"
  | "extension_not_offered"
  | "forbidden"
  | "gone"
  | "idempotency_key_in_use"
  | "idempotency_key_reused"
  | "internal_error"
  | "invalid_credentials"
  | "invalid_cursor"
  | "invalid_fields"
  | "invalid_idempotency_key"
  | "malformed_form"
  | "malformed_header"
  | "malformed_json"
  | "malformed_metadata"
  | "malformed_query"
  | "media_attached"
  | "media_in_use"
  | "media_not_ready"
  | "method_not_allowed"
  | "mismatching_upload_offset"
  | "missing_header"
  | "no_space"
  | "not_found"
  | "own_account"
  | "post_full"
  | "post_not_found"
  | "post_not_yours"
  | "precondition_failed"
  | "range_not_satisfiable"
  | "rate_limited"
  | "refresh_token_invalid"
  | "session_ended"
  | "suspended"
  | "token_expired"
  | "token_invalid"
  | "token_missing"
  | "too_many_attempts"
  | "too_many_parts"
  | "type_not_accepted"
  | "unavailable"
  | "unsupported_content_type"
  | "unsupported_media_type"
  | "unsupported_transfer_coding"
  | "unsupported_version"
  | "upload_gone"
  | "upload_locked"
  | "upload_not_found"
  | "upload_too_large"
  | "username_taken"
  | "wrong_host"
  | "wrong_password";

export type FieldCode =
  | "duplicate"
  | "duplicate_field"
  | "email_taken"
  | "empty"
  | "encoder_failed"
  | "invalid_cursor"
  | "invalid_email"
  | "invalid_login"
  | "invalid_name"
  | "invalid_text"
  | "invalid_username"
  | "media_in_use"
  | "media_not_ready"
  | "not_a_picture"
  | "not_media"
  | "out_of_memory"
  | "out_of_range"
  | "own_account"
  | "password_common"
  | "password_numeric"
  | "password_too_long"
  | "password_too_short"
  | "password_too_similar"
  | "password_too_weak"
  | "private_account"
  | "required"
  | "timed_out"
  | "too_long"
  | "too_many"
  | "too_many_pictures"
  | "too_many_pixels"
  | "truncated"
  | "unknown_comment"
  | "unknown_field"
  | "unknown_upload"
  | "unknown_value"
  | "unsupported_avif"
  | "unsupported_bmp"
  | "unsupported_codec"
  | "unsupported_heic"
  | "unsupported_ico"
  | "unsupported_jp2"
  | "unsupported_jxl"
  | "unsupported_psd"
  | "unsupported_raw"
  | "unsupported_svg"
  | "unsupported_tiff"
  | "username_taken"
  | "wrong_type";

export type FailureCode =
  | "empty"
  | "not_media"
  | "truncated"
  | "no_video"
  | "too_long"
  | "too_many_pixels"
  | "too_many_streams"
  | "unsupported_codec"
  | "unsupported_heic"
  | "unsupported_avif"
  | "unsupported_tiff"
  | "unsupported_bmp"
  | "unsupported_psd"
  | "unsupported_ico"
  | "unsupported_jxl"
  | "unsupported_jp2"
  | "unsupported_raw"
  | "unsupported_svg"
  | "timed_out"
  | "encoder_failed"
  | "out_of_memory"
  | "disk_full"
  | "attempts_exhausted"
  | "upload_expired"
  | "upload_rejected";

/** The bounds that the server enforces, by schema and field. */
export const bounds = {
  "parameters": {
    "Idempotency-Key": {
      "minLength": 1,
      "maxLength": 255
    },
    "q": {
      "minLength": 1,
      "maxLength": 100
    }
  },
  "CommentPage": {
    "items": {
      "maxItems": 100
    }
  },
  "CommentPatch": {
    "text": {
      "minLength": 1,
      "maxLength": 2000
    }
  },
  "NewComment": {
    "text": {
      "minLength": 1,
      "maxLength": 2000
    }
  },
  "NewPost": {
    "media": {
      "maxItems": 20
    },
    "text": {
      "maxLength": 5000
    }
  },
  "NewPostMedia": {
    "alt": {
      "maxLength": 1500
    }
  },
  "NewUser": {
    "email": {
      "maxLength": 254
    },
    "first_name": {
      "minLength": 1,
      "maxLength": 50
    },
    "last_name": {
      "minLength": 1,
      "maxLength": 50
    },
    "password": {
      "minLength": 8,
      "maxLength": 256
    },
    "username": {
      "minLength": 1,
      "maxLength": 64
    }
  },
  "PasswordChange": {
    "current_password": {
      "maxLength": 1024
    },
    "new_password": {
      "minLength": 8,
      "maxLength": 256
    }
  },
  "PostPage": {
    "items": {
      "maxItems": 100
    }
  },
  "PostPatch": {
    "media": {
      "maxItems": 20
    },
    "text": {
      "maxLength": 5000
    }
  },
  "ProfilePatch": {
    "bio": {
      "maxLength": 500
    },
    "first_name": {
      "minLength": 1,
      "maxLength": 50
    },
    "last_name": {
      "minLength": 1,
      "maxLength": 50
    }
  },
  "SessionPage": {
    "items": {
      "maxItems": 100
    }
  },
  "SignIn": {
    "login": {
      "maxLength": 254
    },
    "password": {
      "maxLength": 1024
    }
  },
  "UserPage": {
    "items": {
      "maxItems": 100
    }
  }
} as const;
