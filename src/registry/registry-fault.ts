/** What the registry says no with. Codes: the OCI distribution specification 1.1, "Error Codes". */

export type RegistryErrorCode =
  | 'BLOB_UNKNOWN'
  | 'BLOB_UPLOAD_INVALID'
  | 'BLOB_UPLOAD_UNKNOWN'
  | 'DENIED'
  | 'DIGEST_INVALID'
  | 'MANIFEST_BLOB_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'PAGINATION_NUMBER_INVALID'
  | 'RANGE_INVALID'
  | 'SIZE_INVALID'
  | 'TAG_INVALID'
  | 'TOOMANYREQUESTS'
  | 'UNAUTHORIZED'
  | 'UNKNOWN'
  | 'UNSUPPORTED'

const STATUS: Readonly<Record<RegistryErrorCode, number>> = {
  BLOB_UNKNOWN: 404,
  BLOB_UPLOAD_INVALID: 400,
  BLOB_UPLOAD_UNKNOWN: 404,
  DENIED: 403,
  DIGEST_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 404,
  MANIFEST_INVALID: 400,
  MANIFEST_UNKNOWN: 404,
  NAME_INVALID: 400,
  NAME_UNKNOWN: 404,
  PAGINATION_NUMBER_INVALID: 400,
  RANGE_INVALID: 416,
  SIZE_INVALID: 400,
  TAG_INVALID: 400,
  TOOMANYREQUESTS: 429,
  UNAUTHORIZED: 401,
  UNKNOWN: 500,
  UNSUPPORTED: 405,
}

export interface RegistryFaultDetails {
  /** If it is not the usual one of the code. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly detail?: unknown
}

export class RegistryFault extends Error {
  override readonly name = 'RegistryFault'
  readonly code: RegistryErrorCode
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly detail: unknown

  constructor(code: RegistryErrorCode, message: string, { status, headers = {}, detail }: RegistryFaultDetails = {}) {
    super(message)
    this.code = code
    this.status = status ?? STATUS[code]
    this.headers = headers
    this.detail = detail
  }

  /** The body of the answer. */
  toJSON(): object {
    const { code, message, detail } = this
    return { errors: [{ code, message, ...(detail !== undefined && { detail }) }] }
  }
}
