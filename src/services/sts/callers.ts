/** Who may call what of STS at all, whatever policies say. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html */
import { parseArn } from '../../model/arn.ts'
import type { Principal } from '../../model/principal.ts'
import { isOfRoot } from '../../store/principal-issuers.ts'
import { accessDenied } from './faults.ts'

/** Sessions are made by long-lived credentials only, but for those of roles. */
export const requireLongLived = ({ session }: Principal, operation: string): void => {
  if (session !== undefined) throw accessDenied(`Cannot call ${operation} with session credentials`)
}

/** AWS: sessions of users and federated users call nothing of STS but GetCallerIdentity, and the former AssumeRole. */
export const refuseSessionOfUser = (principal: Principal, operation: string): void => {
  if (!isSessionOfRole(principal)) requireLongLived(principal, operation)
}

/** AWS: the root user has no need of roles, and gets none. */
export const refuseRootUser = (principal: Principal): void => {
  if (isOfRoot(principal)) throw accessDenied('Roles may not be assumed by root accounts.')
}

/** AWS: federated users cannot call it. */
export const refuseFederatedUser = ({ arn }: Principal, operation: string): void => {
  if (parseArn(arn)?.resource.startsWith('federated-user/'))
    throw accessDenied(`Cannot call ${operation} with federation token`)
}

interface MultiFactorRequest {
  readonly SerialNumber?: string | undefined
  readonly TokenCode?: string | undefined
}

/** There are no MFA devices, so no code is ever right. */
export const refuseMultiFactor = ({ SerialNumber: serial, TokenCode: code }: MultiFactorRequest): void => {
  if (serial !== undefined || code !== undefined)
    throw accessDenied('MultiFactorAuthentication failed, unable to validate MFA code: Longshore has no MFA devices.')
}

export const isSessionOfRole = ({ session }: Principal): boolean =>
  session !== undefined && parseArn(session.issuerArn)?.resource.startsWith('role/') === true
