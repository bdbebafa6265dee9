/** Staging labels: which version of a secret is which. A label is at one version at a time. */
import type { SecretVersionRecord } from '../../model/secret-records.ts'
import { secretVersionKey } from '../../model/secret-records.ts'
import { SECRET_STAGE, SECRET_STAGES } from '../../model/limits.ts'
import { checkConstraints } from '../constraints.ts'
import type { SecretsContext } from './context.ts'
import { limitExceeded } from './faults.ts'

export const CURRENT = 'AWSCURRENT'
export const PREVIOUS = 'AWSPREVIOUS'
export const PENDING = 'AWSPENDING'

export const checkStage = (stage: string | undefined): void =>
  checkConstraints({ versionStage: stage }, { versionStage: SECRET_STAGE })

export const versionWithStage = (
  { tx }: SecretsContext,
  secretArn: string,
  stage: string,
): SecretVersionRecord | undefined =>
  tx.secretVersions.find('bySecret', secretArn).find(({ stages }) => stages.includes(stage))

/** Takes a label from a version, if it has it. */
export const removeStage = ({ tx }: SecretsContext, version: SecretVersionRecord, stage: string): void => {
  const stages = version.stages.filter((other) => other !== stage)
  if (stages.length < version.stages.length)
    tx.secretVersions.update(secretVersionKey(version.secretArn, version.versionId), { stages })
}

/**
 * Puts a label at a version, and takes it from the one that has it.
 * AWS: the version that `AWSCURRENT` leaves gets `AWSPREVIOUS`.
 */
export const moveStage = (context: SecretsContext, secretArn: string, stage: string, versionId: string): void => {
  const holder = versionWithStage(context, secretArn, stage)
  if (holder?.versionId === versionId) return
  if (holder !== undefined) removeStage(context, holder, stage)
  addStage(context, secretArn, stage, versionId)
  if (stage === CURRENT && holder !== undefined) moveStage(context, secretArn, PREVIOUS, holder.versionId)
}

const addStage = ({ tx }: SecretsContext, secretArn: string, stage: string, versionId: string): void => {
  const key = secretVersionKey(secretArn, versionId)
  const stages = [...(tx.secretVersions.get(key)?.stages ?? []), stage]
  if (stages.length > SECRET_STAGES.max)
    throw limitExceeded(`A version of a secret can have at most ${SECRET_STAGES.max} staging labels.`)
  tx.secretVersions.update(key, { stages })
}
