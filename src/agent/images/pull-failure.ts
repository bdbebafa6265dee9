/** What a failed pull means: whether trying again may help, and how ECS words it. */
import { engineText } from '../engine/reasons.ts'
import type { ImageOutcome, PullErrorName } from '../engine/tools.ts'
import type { RuntimeError } from '../runtime.ts'
import { EcrLoginError } from './ecr-logins.ts'

/**
 * Failures that the next try will most likely meet again: who started the task hears of them at once instead of half a minute later.
 * Refusals of the registry (`denied`) are such, too.
 */
const LASTING = [
  /no such host/i,
  /network is unreachable/i,
  /no route to host/i,
  /lookup .+: (server misbehaving|temporary failure in name resolution)/i,
  /connection refused/i,
  /invalid reference format/i,
  /repository name must/i,
  /no matching manifest/i,
  /x509: /i,
  /server gave HTTP response to HTTPS client/i,
  /no space left on device/i,
]

export const isWorthRetrying = (error: RuntimeError): boolean =>
  error.kind === 'refused' && !LASTING.some((pattern) => pattern.test(error.message))

/** AWS: three failures get a sentence in front that says what to look at. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /denied: User: .+ is not authorized to perform: ecr:BatchGetImage on resource/,
    'Check that the role has the permissions to pull images from the registry.',
  ],
  [/denied: requested access to the resource is denied/, 'Check whether the image exists.'],
  [/request canceled while waiting for connection/, 'Check your network configuration.'],
]

/** What was tried in vain. */
export interface FailedFetch {
  readonly failure: RuntimeError
  readonly attempts: number
}

export const pullFailure = (
  name: PullErrorName,
  { failure: error, attempts }: FailedFetch,
  { image, isFargate }: { readonly image: string; readonly isFargate: boolean },
): ImageOutcome => {
  if (error.kind === 'timeout') return { status: 'failed', error: 'DockerTimeoutError', message: error.message }
  // AWS: who gets no password was not refused the image, and the engine had no part in it.
  if (error instanceof EcrLoginError) return isFargate ? withoutAuth(error, attempts) : withoutPassword(error)
  if (isFargate && name === 'CannotPullImageManifestError')
    return {
      status: 'failed',
      error: 'CannotPullContainerError',
      message: `pull image manifest has been retried ${attempts} time(s): failed to resolve ref ${image}: ${error.message}`,
    }
  const text = engineText(error)
  const advice = ADVICE.find(([pattern]) => pattern.test(text))?.[1]
  return {
    status: 'failed',
    error: name,
    message: advice === undefined ? text : `The task can’t pull the image. ${advice} ${text}`,
  }
}

const withoutPassword = ({ message }: EcrLoginError): ImageOutcome => ({
  status: 'failed',
  error: 'CannotPullECRContainerError',
  message,
})

/** AWS: Fargate has what an image needs before it begins with the task's containers. */
const withoutAuth = ({ message }: EcrLoginError, attempts: number): ImageOutcome => ({
  status: 'failed',
  error: 'ResourceInitializationError',
  message:
    'unable to pull secrets or registry auth: execution resource retrieval failed: ' +
    `unable to retrieve ecr registry auth: service call has been retried ${attempts} time(s): ${message}`,
})
