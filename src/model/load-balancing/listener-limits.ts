/**
 * Limits of listeners, rules and trust stores that are no quotas (`limits.ts`): what the API reference states per member, and the quotas
 * that DescribeAccountLimits does not name.
 */
export const HIGHEST_RULE_PRIORITY = 50_000

export const CONDITION_VALUE_LENGTH = 128
/** Of header names and request methods. */
export const CONDITION_NAME_LENGTH = 40

/** Of a transform's expression, and of what it puts in. */
export const REWRITE_LENGTH = 1024

export const HIGHEST_ACTION_ORDER = 50_000
export const HIGHEST_WEIGHT = 999
/** Seven days: of stickiness, and of a session of an authenticated user. */
export const LONGEST_SESSION_SECONDS = 604_800
/** Of a redirect's host, path and query. */
export const REDIRECT_PART_LENGTH = 128
export const FIXED_RESPONSE_LENGTH = 1024
export const AUTHENTICATION_PARAMETERS = 10
export const JWT_TEXT_LENGTH = 256
export const JWT_CLAIMS = 10
export const JWT_CLAIM_VALUES = 10
/** Of texts whose length the API does not state: client ids, scopes, endpoints. */
export const ACTION_TEXT_LENGTH = 4096

/** Of the file with a trust store's certificates. */
export const TRUST_STORE_BUNDLE_BYTES = 1024 * 1024
/** Of one with a revocation list: they are kept in memory with the trust store. AWS: 50 MiB. */
export const TRUST_STORE_REVOCATION_BYTES = 5 * 1024 * 1024
export const CERTIFICATES_PER_TRUST_STORE = 25
export const REVOCATIONS_PER_TRUST_STORE = 30
export const REVOKED_ENTRIES_PER_TRUST_STORE = 500_000
