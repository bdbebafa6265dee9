/** Certificates of listeners: those that requests name, be they of Certificate Manager or of IAM. */
import type { Certificate } from '@aws-sdk/client-elastic-load-balancing-v2'
import { LOAD_BALANCING_QUOTAS } from '../../model/load-balancing/limits.ts'
import type { ListenerRecord, LoadBalancerRecord } from '../../model/load-balancing/records.ts'
import { getCertificateByArn } from '../../store/certificates/certificate-material.ts'
import type { Elbv2Context } from './context.ts'
import { validationError } from './faults.ts'
import { certificateNotFound, tooManyCertificates, unsupportedCertificate } from './listener-faults.ts'

/** The ARN of the one certificate that a request names. */
export const singleCertificate = (
  context: Elbv2Context,
  certificates: readonly Certificate[] | undefined,
): string | undefined => {
  if (certificates === undefined || certificates.length === 0) return undefined
  if (certificates.length > 1) throw validationError('Only one certificate can be specified')
  return requireCertificates(context, certificates)[0]
}

/** The ARNs of certificates that are there, issued, and in the listener's region. */
export const requireCertificates = (
  context: Elbv2Context,
  certificates: readonly Certificate[] = [],
): readonly string[] => {
  if (certificates.length === 0) throw validationError('A certificate must be specified')
  if (certificates.some(({ IsDefault: isDefault }) => isDefault !== undefined))
    throw validationError('You cannot set the IsDefault parameter for certificates')
  return certificates.map(({ CertificateArn: arn = '' }) => requireCertificate(context, arn))
}

const requireCertificate = ({ tx, account, region }: Elbv2Context, arn: string): string => {
  const row = getCertificateByArn(tx, arn)
  const isHere = row !== undefined && row.account === account && (!('region' in row) || row.region === region)
  if (!isHere) throw certificateNotFound(`Certificate '${arn}' not found`)
  if (row.issued === undefined || row.sealedPrivateKey === undefined)
    throw unsupportedCertificate(
      `The certificate '${arn}' must have a fully-qualified domain name, a supported signature, and a supported key size.`,
    )
  return arn
}

/** Protocols whose listeners have certificates. */
export const isSecure = (protocol: ListenerRecord['protocol']): boolean => protocol === 'HTTPS' || protocol === 'TLS'

export const requireSecure = ({ protocol, listenerArn }: ListenerRecord): void => {
  if (!isSecure(protocol))
    throw validationError(`Certificates are not supported by listener '${listenerArn}' with protocol '${protocol}'`)
}

/** AWS: default certificates are not counted, and a certificate is counted for every listener that has it. */
export const checkCertificateCount = ({ tx }: Elbv2Context, { loadBalancerArn, type }: LoadBalancerRecord): void => {
  const limit = LOAD_BALANCING_QUOTAS[`certificates-per-${type}-load-balancer`]
  const count = tx.listeners
    .find('byLoadBalancer', loadBalancerArn)
    .reduce((sum, { certificateArns }) => sum + Math.max(certificateArns.length - 1, 0), 0)
  if (count > limit)
    throw tooManyCertificates(
      `The maximum number of certificates has been reached on load balancer '${loadBalancerArn}'`,
    )
}
