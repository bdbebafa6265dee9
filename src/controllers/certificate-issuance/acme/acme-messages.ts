/** What an ACME server answers. https://www.rfc-editor.org/rfc/rfc8555#section-7.1 */

export interface AcmeDirectory {
  readonly newNonce: string
  readonly newAccount: string
  readonly newOrder: string
  readonly revokeCert: string
}

export interface AcmeOrder {
  readonly status: 'pending' | 'ready' | 'processing' | 'valid' | 'invalid'
  readonly authorizations: readonly string[]
  readonly finalize: string
  /** Of a valid one. */
  readonly certificate?: string
  readonly error?: AcmeProblemDocument
}

export interface AcmeAuthorization {
  readonly identifier: { readonly type: 'dns'; readonly value: string }
  readonly status: 'pending' | 'valid' | 'invalid' | 'deactivated' | 'expired' | 'revoked'
  readonly challenges: readonly AcmeChallenge[]
  /** The name is a wildcard; the identifier does not say so. */
  readonly wildcard?: boolean
}

export interface AcmeChallenge {
  readonly type: string
  readonly url: string
  readonly status: 'pending' | 'processing' | 'valid' | 'invalid'
  readonly token: string
  readonly error?: AcmeProblemDocument
}

/** https://www.rfc-editor.org/rfc/rfc8555#section-6.7 */
export interface AcmeProblemDocument {
  readonly type?: string
  readonly detail?: string
  readonly subproblems?: readonly (AcmeProblemDocument & { readonly identifier?: { readonly value: string } })[]
}

/** The ACME server refuses what it was asked for. */
export class AcmeProblem extends Error {
  override readonly name = 'AcmeProblem'
  /** e.g. `rateLimited`. */
  readonly type: string
  readonly retryInMs: number | undefined
  readonly domainName: string | undefined

  constructor(document: AcmeProblemDocument, given: { retryInMs?: number | undefined; domainName?: string } = {}) {
    const type = (document.type ?? 'about:blank').replace('urn:ietf:params:acme:error:', '')
    const details = [document, ...(document.subproblems ?? [])].flatMap(({ detail }) => (detail ? [detail] : []))
    super(`${type}: ${details.join('; ') || 'no detail is given'}`)
    this.type = type
    this.retryInMs = given.retryInMs
    this.domainName = given.domainName ?? document.subproblems?.find(({ identifier }) => identifier)?.identifier?.value
  }
}
