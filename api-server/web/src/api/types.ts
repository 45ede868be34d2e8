// The types of the API, generated from docs/openapi.json, under the names that this client uses.

export type {
  Comment,
  Instance,
  Me,
  Media,
  NewComment,
  NewPost,
  NewPostMedia,
  NewUser,
  PasswordChange,
  Post,
  PostPatch,
  Problem as ProblemBody,
  ProfilePatch,
  Relation,
  Session,
  Tokens,
  User,
  UserSummary,
  Visibility,
} from "./schema";

/** One page of a list; `PostPage`, `UserPage` and so on have this shape. */
export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}
