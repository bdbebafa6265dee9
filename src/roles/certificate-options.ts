/** Options that say who issues the certificates that Certificate Manager is asked for. */
import { readFileSync } from 'node:fs'
import type { CertificateAuthorityChoice } from '../controllers/certificate-issuance/certificate-authority.ts'
import type { Clock } from '../kit/clock.ts'
import { UserError } from '../kit/command.ts'
import type { Ids } from '../kit/ids.ts'
import type { CertificatePair } from '../kit/x509.ts'
import { inDataDir } from './running.ts'

export const certificateOptions = {
  'acme-directory': {
    type: 'string',
    valueName: 'URL',
    description:
      'the ACME server that issues certificates, if not the authority of the installation; you agree to its terms of service',
  },
  'acme-contact': { type: 'string', valueName: 'EMAIL', description: 'whom the ACME server may write to' },
  'acme-ca-cert': {
    type: 'string',
    valueName: 'FILE',
    description: 'what vouches for an ACME server that the machine does not trust (PEM)',
  },
  'acme-dns-hook': {
    type: 'string',
    valueName: 'FILE',
    description: 'a program that publishes DNS records for the ACME server; wildcards take one',
  },
} as const

export type CertificateValues = { readonly [Name in keyof typeof certificateOptions]: string | undefined }

/** Refuses what cannot work. */
export const checkCertificateOptions = (values: CertificateValues): void => {
  const { 'acme-directory': directory, 'acme-contact': contact } = values
  if (directory === undefined) {
    const [stray] =
      Object.entries(values).find(([name, value]) => name.startsWith('acme-') && value !== undefined) ?? []
    if (stray !== undefined) throw new UserError(`--${stray} is for an ACME server: name it with --acme-directory.`)
    return
  }
  if (URL.parse(directory)?.protocol !== 'https:')
    throw new UserError(`--acme-directory is "${directory}"; it must look like https://acme.example.com/directory.`)
  if (contact !== undefined && !/^[^\s@,?]+@[^\s@,?]+$/.test(contact))
    throw new UserError(`--acme-contact is "${contact}"; it must look like ops@example.com.`)
}

export const certificateAuthorityOf = (
  values: CertificateValues & { readonly 'data-dir': string },
  made: { readonly clock: Clock; readonly ids: Ids },
): CertificateAuthorityChoice => {
  const { 'acme-directory': directoryUrl, 'acme-contact': contact, 'acme-ca-cert': file, 'data-dir': dataDir } = values
  const authority = async (): Promise<CertificatePair> => {
    const { localAuthority } = await import('./tls/local-authority.ts')
    return inDataDir(dataDir, () => localAuthority({ dataDir, ...made }))
  }
  if (directoryUrl === undefined) return { kind: 'local', authority }
  const trusted = file === undefined ? undefined : readText(file)
  return { kind: 'acme', directoryUrl, contact, trusted, dnsHook: values['acme-dns-hook'], authority }
}

/** As flags, for a server that is started with the same. */
export const certificateArgs = (values: CertificateValues): string[] =>
  (Object.keys(certificateOptions) as (keyof CertificateValues)[]).flatMap((name) => {
    const value = values[name]
    return value === undefined ? [] : [`--${name}=${value}`]
  })

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UserError(`Cannot read ${file} (${(error as Error).message}).`, { cause: error })
  }
}
