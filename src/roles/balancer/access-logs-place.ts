/**
 * The S3 that access logs are uploaded to, from a file of the operator's: where it is, and its access key. Which bucket and which prefix, load
 * balancers say themselves.
 */
import { createReadStream, readFileSync, statSync } from 'node:fs'
import { UserError } from '../../kit/command.ts'
import type { Upload } from '../../loadbalancer/logs/log-uploads.ts'

export interface AccessLogsPlace {
  /** AWS's of the region unless given. */
  readonly endpoint?: string
  readonly region: string
  /** Whether buckets are named in the path, not in the host. */
  readonly isPathStyle: boolean
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

const TEXTS = ['endpoint', 'region', 'accessKeyId', 'secretAccessKey'] as const
/** Permissions of others than the owner. */
const OTHERS = 0o077
const ATTEMPTS = 3
const CONNECTION_MS = 5000
const SILENCE_MS = 60_000

/** Refuses a file that is not what it should be, or that others can read. */
export const accessLogsPlace = (file: string): AccessLogsPlace => {
  const refuse = (reason: string): never => {
    throw new UserError(`--access-logs names ${file}, but ${reason}.`)
  }
  const members = parsed(file, refuse)
  const unknown = Object.keys(members).find((name) => name !== 'pathStyle' && !TEXTS.some((text) => text === name))
  if (unknown !== undefined) return refuse(`it has "${unknown}", which means nothing`)
  const [endpoint, region, accessKeyId, secretAccessKey] = TEXTS.map((name) => members[name])
  if (typeof region !== 'string' || typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string')
    return refuse('it has to name region, accessKeyId and secretAccessKey')
  if (endpoint !== undefined && (typeof endpoint !== 'string' || !/^https?:\/\/[^/?#]+\/?$/.test(endpoint)))
    return refuse('its endpoint must look like https://s3.example.com')
  const { pathStyle = false } = members
  if (typeof pathStyle !== 'boolean') return refuse('its pathStyle must be true or false')
  const credentials = { accessKeyId, secretAccessKey }
  return { ...(endpoint !== undefined && { endpoint }), region, isPathStyle: pathStyle, credentials }
}

const parsed = (file: string, refuse: (reason: string) => never): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if ((statSync(file).mode & OTHERS) !== 0) return refuse(`others may read it: chmod 600 ${file}`)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : refuse('it is no object')
  } catch (error) {
    if (error instanceof UserError) throw error
    return refuse(`it cannot be read: ${error instanceof Error ? error.message : 'unknown'}`)
  }
}

/** The SDK is loaded with the first file. */
export const uploadTo = ({ endpoint, region, isPathStyle, credentials }: AccessLogsPlace): Upload => {
  const open = async () => {
    const sdk = await import('@aws-sdk/client-s3')
    const client = new sdk.S3Client({
      // An endpoint that the environment names may be the control plane.
      ignoreConfiguredEndpointUrls: true,
      ...(endpoint !== undefined && { endpoint }),
      region,
      credentials,
      forcePathStyle: isPathStyle,
      maxAttempts: ATTEMPTS,
      // Not every S3 knows the newer checksums.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { connectionTimeout: CONNECTION_MS, socketTimeout: SILENCE_MS },
    })
    return { sdk, client }
  }
  let opened: ReturnType<typeof open> | undefined
  return async (Bucket, Key, file) => {
    opened ??= open()
    const { sdk, client } = await opened
    const [Body, ContentLength] = [createReadStream(file), statSync(file).size]
    await client.send(new sdk.PutObjectCommand({ Bucket, Key, Body, ContentLength }))
  }
}
