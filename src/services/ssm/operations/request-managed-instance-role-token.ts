/** RequestManagedInstanceRoleToken: a machine that joined gets credentials of its role, an hour at a time, for its own signature. */
import { dateOf } from '../../../kit/timestamps.ts'
import { assumedRoleArn, resourceId } from '../../../model/arn.ts'
import { MANAGED_INSTANCE_TOKEN_MS } from '../../../model/limits.ts'
import type { RequestManagedInstanceRoleTokenRequest, RequestManagedInstanceRoleTokenResult } from '../agent-model.ts'
import { findTrustingRole } from '../activation-role.ts'
import type { SsmOperation } from '../context.ts'
import { fault } from '../faults.ts'

export const requestManagedInstanceRoleToken: SsmOperation<
  RequestManagedInstanceRoleTokenRequest,
  RequestManagedInstanceRoleTokenResult
> = {
  access: 'open',
  handle: ({ Fingerprint: fingerprint }, context) => {
    const { tx, now, principal, sessions } = context
    const instance = tx.managedInstances.get(resourceId(principal.arn))
    if (instance === undefined || principal.accessKeyId !== instance.instanceId)
      throw fault('AccessDeniedException', 'Only a managed instance can request the credentials of its role.')
    if (fingerprint !== instance.fingerprint)
      throw fault('MachineFingerprintDoesNotMatch', 'Fingerprint does not match')
    const role = findTrustingRole(context, instance.iamRole)
    if (role === undefined)
      throw fault('AccessDeniedException', `The role ${instance.iamRole} is gone or no longer trusts Systems Manager.`)
    const expiresAt = Math.floor((now + MANAGED_INSTANCE_TOKEN_MS) / 1000) * 1000
    const issued = sessions.issue({
      arn: assumedRoleArn(role.account, role.roleName, instance.instanceId),
      account: role.account,
      userId: `${role.roleId}:${instance.instanceId}`,
      session: { issuerArn: role.arn, issuedAt: now, expiresAt, managedInstanceId: instance.instanceId },
    })
    return {
      AccessKeyId: issued.accessKeyId,
      SecretAccessKey: issued.secretAccessKey,
      SessionToken: issued.sessionToken,
      UpdateKeyPair: false,
      TokenExpirationDate: dateOf(expiresAt),
    }
  },
}
