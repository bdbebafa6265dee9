/** What trust stores are made of: certificates and revocation lists in PEM, as they come in files. */
import { X509Certificate } from 'node:crypto'
import { CERTIFICATES_PER_TRUST_STORE } from './listener-limits.ts'
import { countRevoked } from './revocation-list.ts'

/** What a file is good for, or why it is not. */
export type Content<T> = T | { readonly problem: string }

export interface CaBundle {
  /** The certificates alone, one after another. */
  readonly pem: string
}

export interface RevocationList {
  /** The lists alone, one after another. */
  readonly pem: string
  readonly revokedEntries: number
}

const blocks = (text: string, label: string): readonly string[] =>
  text.match(new RegExp(`-----BEGIN ${label}-----[A-Za-z0-9+/=\\s]+-----END ${label}-----`, 'g')) ?? []

const joined = (found: readonly string[]): string => `${found.join('\n')}\n`

const CERTIFICATE = 'CERTIFICATE'
const REVOCATION_LIST = 'X509 CRL'

export const countCertificates = (pem: string): number => blocks(pem, CERTIFICATE).length

export const parseCaBundle = (text: string): Content<CaBundle> => {
  const found = blocks(text, CERTIFICATE)
  if (found.length === 0) return { problem: 'it has no certificates in PEM' }
  if (found.length > CERTIFICATES_PER_TRUST_STORE)
    return { problem: `it has more than ${CERTIFICATES_PER_TRUST_STORE} certificates` }
  try {
    if (found.some((pem) => !new X509Certificate(pem).ca))
      return { problem: 'it has a certificate that is not of a certificate authority' }
  } catch {
    return { problem: 'it has a certificate that cannot be read' }
  }
  return { pem: joined(found) }
}

export const parseRevocationList = (text: string): Content<RevocationList> => {
  const found = blocks(text, REVOCATION_LIST)
  if (found.length === 0) return { problem: 'it has no certificate revocation list in PEM' }
  const counts = found.map((pem) => countRevoked(Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64')))
  if (counts.includes(undefined)) return { problem: 'it has a certificate revocation list that cannot be read' }
  return { pem: joined(found), revokedEntries: counts.reduce<number>((sum, count = 0) => sum + count, 0) }
}
