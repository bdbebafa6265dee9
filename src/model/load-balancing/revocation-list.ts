/**
 * How many certificates a revocation list names, read from its DER.
 *
 *     CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue }
 *     TBSCertList ::= SEQUENCE { version?, signature, issuer, thisUpdate, nextUpdate?, revokedCertificates?, [0] crlExtensions? }
 *
 * https://www.rfc-editor.org/rfc/rfc5280#section-5.1
 */

const SEQUENCE = 0x30
const UTC_TIME = 0x17
const GENERALIZED_TIME = 0x18

interface Element {
  readonly tag: number
  /** Where its content begins, and where it ends. */
  readonly from: number
  readonly to: number
}

/** Undefined if it is no revocation list. */
export const countRevoked = (der: Uint8Array): number | undefined => {
  const [list, ...trailing] = elements(der, 0, der.length) ?? []
  const [body, algorithm, signature] = contentOf(der, list) ?? []
  const members = contentOf(der, body)
  if (trailing.length > 0 || algorithm === undefined || signature === undefined || members === undefined)
    return undefined
  const lastTime = members.findLastIndex(({ tag }) => tag === UTC_TIME || tag === GENERALIZED_TIME)
  if (lastTime < 0) return undefined
  const revoked = members[lastTime + 1]
  return revoked?.tag === SEQUENCE ? contentOf(der, revoked)?.length : 0
}

const contentOf = (der: Uint8Array, element: Element | undefined): readonly Element[] | undefined =>
  element?.tag === SEQUENCE ? elements(der, element.from, element.to) : undefined

/** The elements that stand there one after another; undefined if they do not fill the place. */
const elements = (der: Uint8Array, from: number, to: number): readonly Element[] | undefined => {
  const found: Element[] = []
  for (let at = from; at < to;) {
    const element = elementAt(der, at)
    if (element === undefined || element.to > to) return undefined
    found.push(element)
    at = element.to
  }
  return found
}

const elementAt = (der: Uint8Array, at: number): Element | undefined => {
  const [tag, first] = [der[at], der[at + 1]]
  if (tag === undefined || first === undefined) return undefined
  if (first < 0x80) return { tag, from: at + 2, to: at + 2 + first }
  const digits = first & 0x7f
  if (digits < 1 || digits > 4) return undefined
  const length = der.subarray(at + 2, at + 2 + digits).reduce((sum, byte) => sum * 256 + byte, 0)
  return { tag, from: at + 2 + digits, to: at + 2 + digits + length }
}
