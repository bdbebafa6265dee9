/** DeleteSecret: after a time in which it can be restored, or at once. */
import type { DeleteSecretRequest, DeleteSecretResponse } from '@aws-sdk/client-secrets-manager'
import { dateOf } from '../../../kit/timestamps.ts'
import { isArn } from '../../../model/arn.ts'
import { DAY_MS, SECRET_RECOVERY_WINDOW, SECRET_RECOVERY_WINDOW_DAYS } from '../../../model/limits.ts'
import type { SecretRecord } from '../../../model/secret-records.ts'
import { forgetSecret } from '../../../store/forget-secret.ts'
import { onSecret } from '../access.ts'
import type { SecretsContext, SecretsOperation } from '../context.ts'
import { nameOf } from '../describe.ts'
import { invalidParameter } from '../faults.ts'
import { changeSecret, getSecret, requireLivingSecret } from '../lookups.ts'

export const deleteSecret: SecretsOperation<DeleteSecretRequest, DeleteSecretResponse> = {
  access: onSecret(({ RecoveryWindowInDays, ForceDeleteWithoutRecovery }) => ({
    RecoveryWindowInDays,
    ForceDeleteWithoutRecovery,
  })),
  handle: (input, context) => {
    const { SecretId: secretId = '', RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: isForced } = input
    checkWindow(days, isForced)
    if (isForced === true) return deleteAtOnce(context, secretId)
    return deleteLater(context, requireLivingSecret(context, secretId), days ?? SECRET_RECOVERY_WINDOW_DAYS)
  },
}

const checkWindow = (days: number | undefined, isForced: boolean | undefined): void => {
  if (days === undefined) return
  if (isForced === true)
    throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.")
  const { min, max } = SECRET_RECOVERY_WINDOW
  if (days < min || days > max)
    throw invalidParameter(`The RecoveryWindowInDays value must be between ${min} and ${max} days (inclusive).`)
}

/** AWS: a secret that is not there is one that was deleted. */
const deleteAtOnce = (context: SecretsContext, secretId: string): DeleteSecretResponse => {
  const secret = getSecret(context, secretId)
  if (secret === undefined)
    return { ...(isArn(secretId) ? { ARN: secretId } : { Name: secretId }), DeletionDate: dateOf(context.now) }
  forgetSecret(context.tx, secret.arn)
  return { ...nameOf(secret), DeletionDate: dateOf(context.now) }
}

const deleteLater = (context: SecretsContext, secret: SecretRecord, days: number): DeleteSecretResponse => {
  const deletionDueAt = context.now + days * DAY_MS
  changeSecret(context, secret.arn, { deletedAt: context.now, deletionDueAt })
  return { ...nameOf(secret), DeletionDate: dateOf(deletionDueAt) }
}
