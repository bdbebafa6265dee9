/**
 * Certificates that customers bring, with their keys, as Certificate Manager and IAM take them: read, and everything that belongs together
 * held against each other.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { X509Library } from '../kit/x509.ts'
import { certificateFacts } from '../model/certificate-facts.ts'
import type { IssuedCertificate } from '../model/certificate-records.ts'

export interface CertificateUpload {
  readonly certificate: string
  readonly chain?: string | undefined
  readonly privateKey: string
}

export interface ReadUpload {
  readonly issued: IssuedCertificate
  /** PKCS #8, PEM. */
  readonly privateKey: string
}

/** What is wrong with an upload; each service has a fault of its own for it. */
export class UploadProblem extends Error {
  override readonly name = 'UploadProblem'
  readonly kind: 'malformed' | 'mismatch'

  constructor(kind: UploadProblem['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

/** Throws `UploadProblem`. */
export const readUpload = (x509: X509Library, upload: CertificateUpload, now: number): ReadUpload => {
  const pem = onlyCertificate(upload.certificate)
  const certificate = parse(pem, 'The certificate is not valid.')
  const privateKey = readPrivateKey(upload.privateKey)
  const { keyAlgorithm, ...facts } = certificateFacts(x509, pem)
  if (keyAlgorithm === undefined)
    throw new UploadProblem('malformed', 'The public key algorithm or its size is not supported.')
  if (!certificate.checkPrivateKey(privateKey))
    throw new UploadProblem('mismatch', 'The private key does not match the public key of the certificate.')
  checkValidity(facts, now)
  const chain = upload.chain === undefined ? [] : certificatesIn(upload.chain, 'The certificate chain is not valid.')
  checkChain(certificate, chain)
  return {
    issued: { certificate: pem, ...(chain.length > 0 && { chain: chain.join('') }), facts: { ...facts, keyAlgorithm } },
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  }
}

/** A certificate that nobody vouches for but itself. */
export const isSelfSigned = ({ certificate }: IssuedCertificate): boolean => {
  const parsed = new X509Certificate(certificate)
  return vouchesFor(parsed, parsed)
}

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g

const certificatesIn = (text: string, otherwise: string): readonly string[] => {
  const blocks = text.match(BLOCK) ?? []
  if (blocks.length === 0 || text.replaceAll(BLOCK, '').includes('-----BEGIN'))
    throw new UploadProblem('malformed', otherwise)
  return blocks.map((block) => `${block.replaceAll('\r', '')}\n`)
}

const onlyCertificate = (text: string): string => {
  const [first = '', ...others] = certificatesIn(text, 'The certificate field is not a certificate in PEM format.')
  if (others.length > 0)
    throw new UploadProblem(
      'malformed',
      'The certificate field contains more than one certificate. You can specify only one certificate in this field.',
    )
  return first
}

const parse = (pem: string, otherwise: string): X509Certificate => {
  try {
    return new X509Certificate(pem)
  } catch (error) {
    throw new UploadProblem('malformed', `${otherwise} ${(error as Error).message}`)
  }
}

const readPrivateKey = (text: string): KeyObject => {
  if (/BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: *4, *ENCRYPTED/.test(text))
    throw new UploadProblem('malformed', 'The private key must not be encrypted: remove its passphrase.')
  try {
    return createPrivateKey(text)
  } catch (error) {
    throw new UploadProblem('malformed', `The private key is not supported. ${(error as Error).message}`)
  }
}

const checkValidity = ({ notBefore, notAfter }: { notBefore: number; notAfter: number }, now: number): void => {
  if (notBefore > now) throw new UploadProblem('malformed', 'The certificate is not yet valid.')
  if (notAfter < now) throw new UploadProblem('malformed', 'The certificate has expired.')
}

const checkChain = (certificate: X509Certificate, chain: readonly string[]): void => {
  let vouchedFor = certificate
  for (const [index, pem] of chain.entries()) {
    const issuer = parse(pem, 'The certificate chain is not valid.')
    // AWS: in these words.
    if (!vouchesFor(issuer, vouchedFor))
      throw new UploadProblem(
        'malformed',
        `Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, followed by any intermediaries in order. The index within the chain of the invalid certificate is: ${index}`,
      )
    vouchedFor = issuer
  }
}

const vouchesFor = (issuer: X509Certificate, certificate: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
