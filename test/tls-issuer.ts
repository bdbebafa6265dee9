/** An OpenID Connect provider behind HTTPS, by an authority of its own that nobody knows. */
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { SystemClock } from '../src/kit/clock.ts'
import { SystemIds } from '../src/kit/ids.ts'
import { authorityFile, localCertificate } from '../src/roles/tls/local-authority.ts'
import { type OidcIssuer, oidcIssuer } from './oidc-issuer.ts'

export interface TlsIssuer extends OidcIssuer {
  /** SHA-1 of the authority's certificate and of the server's, as IAM takes them. */
  readonly thumbprints: { readonly authority: string; readonly server: string }
}

export const tlsIssuer = async (): Promise<TlsIssuer> => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'longshore-oidc-'))
  try {
    const made = { dataDir, names: ['127.0.0.1', 'localhost'], clock: new SystemClock(), ids: new SystemIds() }
    const { key, cert } = await localCertificate(made)
    const authority = readFileSync(authorityFile(dataDir), 'utf8')
    const issuer = await oidcIssuer({ tls: { key, cert: `${cert}\n${authority}` } })
    return { ...issuer, thumbprints: { authority: thumbprintOf(authority), server: thumbprintOf(cert) } }
  } finally {
    rmSync(dataDir, { recursive: true })
  }
}

const thumbprintOf = (certificate: string): string => new X509Certificate(certificate).fingerprint.replaceAll(':', '')
