/** Pagination tokens: opaque and tamper-evident, so that a client can neither read nor make up a position. */

export interface PageTokens {
  /** A token for `position` within `scope` (operation and filters); it opens only under the same scope. */
  seal(scope: string, position: string): string
  /** The position, or undefined if the token is not one of ours or belongs to another scope. */
  open(scope: string, token: string): string | undefined
}
