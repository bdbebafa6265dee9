/** Versions of a secret: how a new one comes in, and how one is found. */
import {
  DEPRECATED_SECRET_VERSION_MS,
  SECRET_CLIENT_TOKEN,
  SECRET_STAGES,
  SECRET_VERSIONS,
} from '../../model/limits.ts'
import { type SecretRecord, secretVersionKey, type SecretVersionRecord } from '../../model/secret-records.ts'
import { checkConstraints } from '../constraints.ts'
import type { SecretsContext } from './context.ts'
import { invalidParameter, invalidRequest, limitExceeded, resourceExists, resourceNotFound } from './faults.ts'
import { checkStage, CURRENT, moveStage, versionWithStage } from './stages.ts'
import { decryptSecret, encryptSecret, isSameValue, type PlainValue } from './values.ts'

/** The id of a version to be: AWS's SDKs make one up for each request, and repeat it when they try again. */
export const requireToken = (token: string | undefined): string => {
  checkConstraints({ clientRequestToken: token }, { clientRequestToken: SECRET_CLIENT_TOKEN })
  if (token === undefined)
    throw invalidParameter('You must provide a ClientRequestToken value. We recommend a UUID-type value.')
  return token
}

export const getVersion = (
  { tx }: SecretsContext,
  { arn }: SecretRecord,
  versionId: string,
): SecretVersionRecord | undefined => tx.secretVersions.get(secretVersionKey(arn, versionId))

/**
 * Adds a version with these labels, unless the same request did so before. Throws `ResourceExistsException` if the token was used for
 * another value. AWS: the first version is the current one in any case.
 */
export const addVersion = (
  context: SecretsContext,
  secret: SecretRecord,
  versionId: string,
  plain: PlainValue,
  stages: readonly string[] = [CURRENT],
): SecretVersionRecord => {
  checkConstraints({ versionStages: stages }, { versionStages: SECRET_STAGES })
  stages.forEach(checkStage)
  const earlier = getVersion(context, secret, versionId)
  if (earlier !== undefined) return sameVersion(context, secret, earlier, plain)
  makeRoom(context, secret)
  const isFirst = context.tx.secretVersions.findSize('bySecret', secret.arn) === 0
  const encrypted = encryptSecret(context, secret, versionId, plain)
  const key = secretVersionKey(secret.arn, versionId)
  context.tx.secretVersions.insert({
    secretArn: secret.arn,
    versionId,
    createdAt: context.now,
    stages: [],
    ...encrypted,
  })
  for (const stage of new Set([...stages, ...(isFirst ? [CURRENT] : [])]))
    moveStage(context, secret.arn, stage, versionId)
  return context.tx.secretVersions.get(key) as SecretVersionRecord
}

const sameVersion = (
  context: SecretsContext,
  { name }: SecretRecord,
  earlier: SecretVersionRecord,
  plain: PlainValue,
): SecretVersionRecord => {
  if (isSameValue(decryptSecret(context, earlier), plain)) return earlier
  throw resourceExists(
    `You can't use ClientRequestToken ${earlier.versionId} because that value is already in use for a version of secret ${name}.`,
  )
}

/** Drops the versions without labels that are in the way, the oldest first. AWS: none that is younger than a day. */
const makeRoom = ({ tx, now }: SecretsContext, { arn }: SecretRecord): void => {
  const versions = tx.secretVersions.find('bySecret', arn)
  const surplus = versions.length - SECRET_VERSIONS + 1
  const dropped = versions
    .filter(({ stages, createdAt }) => stages.length === 0 && createdAt <= now - DEPRECATED_SECRET_VERSION_MS)
    .toSorted((one, other) => one.createdAt - other.createdAt)
    .slice(0, Math.max(surplus, 0))
  if (dropped.length < surplus)
    throw limitExceeded(`A secret can have at most ${SECRET_VERSIONS} versions, of which none is dropped within a day.`)
  for (const { versionId } of dropped) tx.secretVersions.remove(secretVersionKey(arn, versionId))
}

export interface WantedVersion {
  readonly VersionId?: string | undefined
  readonly VersionStage?: string | undefined
}

/** The version that a request means, by its id, its label, or as the current one; undefined if there is none. */
export const wantedVersion = (
  context: SecretsContext,
  secret: SecretRecord,
  { VersionId: versionId, VersionStage: stage = CURRENT }: WantedVersion,
): SecretVersionRecord | undefined =>
  versionId === undefined ? versionWithStage(context, secret.arn, stage) : getVersion(context, secret, versionId)

export const requireWantedVersion = (
  context: SecretsContext,
  secret: SecretRecord,
  wanted: WantedVersion,
): SecretVersionRecord => {
  const version = wantedVersion(context, secret, wanted)
  if (version === undefined) {
    const which =
      wanted.VersionId === undefined
        ? `staging label: ${wanted.VersionStage ?? CURRENT}`
        : `VersionId: ${wanted.VersionId}`
    throw resourceNotFound(`Secrets Manager can't find the specified secret value for ${which}`)
  }
  if (wanted.VersionStage !== undefined && !version.stages.includes(wanted.VersionStage))
    throw invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.')
  return version
}
