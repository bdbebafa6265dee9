/** Who may call IAM at all, whatever policies say. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html */
import { parseArn } from '../../model/arn.ts'
import type { Principal } from '../../model/principal.ts'
import { invalidToken } from '../../wire/signature-fault.ts'

/** AWS: what GetSessionToken and GetFederationToken give is no good for IAM, unless the session was begun with MFA. */
export const refuseSessionOfUser = ({ session }: Principal): void => {
  if (session === undefined || session.isMfaAuthenticated === true) return
  if (parseArn(session.issuerArn)?.resource.startsWith('role/') !== true) throw invalidToken()
}
