/** Limits of Certificate Manager and of IAM's server certificates. Source: their quotas, and the constraints of members in the API references. */

export const CERTIFICATES_PER_REGION = 2500
/** Bytes of the PEM texts of ImportCertificate. */
export const CERTIFICATE_BYTES = { min: 1, max: 32_768 } as const
export const CERTIFICATE_KEY_BYTES = { min: 1, max: 5120 } as const
export const CERTIFICATE_CHAIN_BYTES = { min: 1, max: 2_097_152 } as const
/** Of a request: a chain of that size in base64, and the rest. */
export const ACM_REQUEST_BYTES = 3_145_728
export const CERTIFICATE_PASSPHRASE_BYTES = { min: 4, max: 128 } as const
/** Names of a certificate beside the first. */
export const CERTIFICATE_ALTERNATIVE_NAMES = 100
export const DOMAIN_NAME_LENGTH = 253
/** Of the first name: that of a common name. Source: RFC 5280, appendix A. */
export const COMMON_NAME_LENGTH = 64
/** How long an idempotency token of RequestCertificate names a certificate. */
export const CERTIFICATE_REQUEST_TOKEN_MS = 3_600_000
/** Alternative names of a certificate that lists show. */
export const LISTED_ALTERNATIVE_NAMES = 100
/** Results of one page: of ListCertificates, and of SearchCertificates unless the request says so, and at most. */
export const CERTIFICATES_PAGE_SIZE = 1000
export const CERTIFICATE_SEARCH_PAGE_SIZE = 100
export const LARGEST_CERTIFICATE_SEARCH_PAGE = 500
/** How deep filters of SearchCertificates may be nested. */
export const CERTIFICATE_FILTER_DEPTH = 10
/** Days before the end of a certificate from which on there would be events. Source: PutAccountConfiguration. */
export const CERTIFICATE_EXPIRY_DAYS = 45
/** How long it is tried to have a certificate issued. Source: "Certificate request times out" in the user guide. */
export const CERTIFICATE_VALIDATION_MS = 72 * 3_600_000
/** How long certificates of the own authority last. Source: "Certificate characteristics" in the user guide. */
export const CERTIFICATE_DAYS = 395
/** How long before its end a certificate is renewed, at most; sooner of one that lasts less than three times that. Source: "Managed renewal". */
export const CERTIFICATE_RENEWAL_DAYS = 60

/** IAM's. */
export const SERVER_CERTIFICATES_PER_ACCOUNT = 20
/** Characters of a server certificate, and of its key. */
export const SERVER_CERTIFICATE_LENGTH = 16_384
