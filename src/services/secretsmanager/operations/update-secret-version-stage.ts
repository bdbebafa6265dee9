/** UpdateSecretVersionStage: puts a staging label at another version, or takes it away. */
import type { UpdateSecretVersionStageRequest, UpdateSecretVersionStageResponse } from '@aws-sdk/client-secrets-manager'
import type { SecretRecord, SecretVersionRecord } from '../../../model/secret-records.ts'
import { onSecret } from '../access.ts'
import type { SecretsContext, SecretsOperation } from '../context.ts'
import { nameOf } from '../describe.ts'
import { invalidParameter, resourceNotFound } from '../faults.ts'
import { changeSecret, requireLivingSecret } from '../lookups.ts'
import { checkStage, CURRENT, moveStage, removeStage, versionWithStage } from '../stages.ts'
import { getVersion } from '../versions.ts'

export const updateSecretVersionStage: SecretsOperation<
  UpdateSecretVersionStageRequest,
  UpdateSecretVersionStageResponse
> = {
  access: onSecret(({ VersionStage }) => ({ VersionStage })),
  handle: (input, context) => {
    const { VersionStage: stage = '', RemoveFromVersionId: from, MoveToVersionId: to } = input
    checkStage(stage)
    if (from === undefined && to === undefined)
      throw invalidParameter('You must provide MoveToVersionId, RemoveFromVersionId, or both.')
    const secret = requireLivingSecret(context, input.SecretId)
    const holder = versionWithStage(context, secret.arn, stage)
    checkHolder(holder, stage, from, to)
    if (to !== undefined) move(context, secret, stage, to)
    else if (holder !== undefined) remove(context, holder, stage)
    return nameOf(changeSecret(context, secret.arn))
  },
}

/** AWS: who takes a label from a version has to say from which. */
const checkHolder = (
  holder: SecretVersionRecord | undefined,
  stage: string,
  from: string | undefined,
  to: string | undefined,
): void => {
  if (from !== undefined && from !== holder?.versionId)
    throw invalidParameter(`The staging label ${stage} is not attached to version ${from}.`)
  if (from === undefined && holder !== undefined && holder.versionId !== to)
    throw invalidParameter(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder.versionId}, so you must explicitly reference that version in RemoveFromVersionId.`,
    )
}

const move = (context: SecretsContext, secret: SecretRecord, stage: string, to: string): void => {
  if (getVersion(context, secret, to) === undefined)
    throw resourceNotFound(`Secrets Manager can't find the specified secret version: ${to}.`)
  moveStage(context, secret.arn, stage, to)
}

const remove = (context: SecretsContext, holder: SecretVersionRecord, stage: string): void => {
  if (stage === CURRENT)
    throw invalidParameter(
      `You can only move staging label ${CURRENT} to a different secret version. It can’t be completely removed.`,
    )
  removeStage(context, holder, stage)
}
