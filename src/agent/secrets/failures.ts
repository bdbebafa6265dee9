/**
 * Why a task's secrets cannot be had, in the words of the ECS agent and of Fargate. No text repeats a value.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html
 */
import { ControlApiError } from '../../agentlink/control-api-error.ts'

/** What was asked, and what came of it. */
export interface SecretFailure {
  readonly source: 'parameters' | 'secret' | 'registry'
  readonly region: string
  /** Of Secrets Manager: what was asked for. */
  readonly secretId: string
  /** An answer's, or the absence of one; or what was wrong with an answer. */
  readonly cause: ControlApiError | string
}

/** Names of parameters that are not there. */
export const invalidParameters = (names: readonly string[], isFargate: boolean): string =>
  `invalid ${isFargate ? 'ssm ' : ''}parameters: ${names.join(',')}`

export const missingJsonKey = (jsonKey: string): string =>
  `retrieved secret from Secrets Manager did not contain json key ${jsonKey}`

export const NOT_JSON = 'retrieved secret from Secrets Manager is not a JSON object'
export const NOT_TEXT = 'retrieved secret from Secrets Manager has no SecretString'
export const MALFORMED_ARN =
  'an invalid ARN format for the AWS Secrets Manager secret was specified. Specify a valid ARN and try again.'
export const INVALID_REGISTRY_SECRET = 'unable to unmarshal secret value, invalid schema'
export const NO_EXECUTION_ROLE = 'unable to find execution role credentials'

/** What stops the task. */
export const failureReason = (failure: SecretFailure, isFargate: boolean): string =>
  isFargate ? onFargate(failure) : onInstance(failure)

const onInstance = ({ source, region, secretId, cause }: SecretFailure): string => {
  const detail = detailOf(cause)
  if (source === 'parameters') return `Fetching secret data from SSM Parameter Store in ${region}: ${detail}`
  if (isMissing(cause)) {
    const advice = 'Check that the secret ARN is correct'
    return `ResourceInitializationError: The task can't retrieve the secret with ARN '${secretId}' from AWS Secrets Manager. ${advice}: ${detail}`
  }
  if (source === 'registry')
    return `Fetching registry credentials from AWS Secrets Manager in region ${region}: secret ${secretId}: ${detail}`
  return `Fetching secret data from AWS Secrets Manager in region ${region}: secret ${secretId}: ${detail}`
}

const PREFIX =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:'

const onFargate = ({ source, secretId, cause }: SecretFailure): string => {
  const attempts = typeof cause === 'string' ? 1 : cause.attempts
  const retried = `service call has been retried ${attempts} time(s):`
  const detail = detailOf(cause)
  if (source === 'parameters') return `${PREFIX} unable to retrieve secrets from ssm: ${retried} ${detail}`
  const what = source === 'registry' ? 'unable to get registry auth from asm:' : 'unable to retrieve secret from asm:'
  const answer =
    typeof cause === 'string' ? detail : `failed to fetch secret ${secretId} from secrets manager: ${detail}`
  return `${PREFIX} ${what} ${retried} ${answer}`
}

const detailOf = (cause: SecretFailure['cause']): string =>
  typeof cause === 'string' ? cause : `${cause.type}: ${cause.message}`

const isMissing = (cause: SecretFailure['cause']): boolean =>
  cause instanceof ControlApiError && cause.type === 'ResourceNotFoundException'
