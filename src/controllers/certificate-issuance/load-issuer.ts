/** The issuer for what the operator chose. */
import { createAuthority } from '../../kit/x509.ts'
import type { CertificateAuthority } from './certificate-authority.ts'
import type { CertificateIssuanceOptions } from './certificate-issuance.ts'
import { Issuer } from './issuer.ts'
import { LocalIssuer } from './local-issuer.ts'
import { LocalNamesApart } from './local-names-apart.ts'

export const loadIssuer = async (options: CertificateIssuanceOptions): Promise<Issuer> =>
  new Issuer(options, await authorityOf(options))

const authorityOf = async (options: CertificateIssuanceOptions): Promise<CertificateAuthority> => {
  const { certificateAuthority: choice } = options
  if (choice === undefined) return new LocalIssuer({ ...options, authority: () => createAuthority(options) })
  if (!('kind' in choice)) return choice
  if (choice.kind === 'local') return new LocalIssuer({ ...options, authority: choice.authority })
  const { AcmeIssuer } = await import('./acme/acme-issuer.ts')
  return new LocalNamesApart(
    new LocalIssuer({ ...options, authority: choice.authority }),
    new AcmeIssuer({ ...options, ...choice }),
  )
}
