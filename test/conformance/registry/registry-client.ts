/** A whole control plane, a repository in it, and requests to its registry as a client of images sends them. */
import { createHash, randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { CreateRepositoryCommand, ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import { OCI_INDEX, OCI_MANIFEST } from '../../../src/model/image-manifest.ts'
import type { AuditEvent } from '../../../src/model/audit-event.ts'
import { noAuditTrail } from '../../../src/store/audit/audit-reader.ts'
import type { Clock } from '../../../src/kit/clock.ts'
import { type Credentials, REGION, verifyingServer, type VerifyingServer } from '../../verifying-server.ts'

export const CONFIG = 'application/vnd.oci.image.config.v1+json'
export const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip'
export const EMPTY = 'application/vnd.oci.empty.v1+json'

export type Body = Buffer | string | undefined
export type Headers = Readonly<Record<string, string>>

export interface RegistryClient {
  readonly server: VerifyingServer
  readonly ecr: ECRClient
  /** What is in the audit trail. */
  readonly events: AuditEvent[]
  /** Of the root user, as Basic authentication. */
  readonly authorization: string
  /** The `Authorization` of who has those credentials. */
  authorizationOf(credentials: Credentials): Promise<string>
  newRepository(): Promise<string>
  /** `place` comes after `/v2/`, or is a whole path. */
  send(method: string, place: string, body?: Body, headers?: Headers): Promise<Response>
  close(): Promise<void>
}

export const startClient = async (clock?: Clock, registrySuffix?: string): Promise<RegistryClient> => {
  const events: AuditEvent[] = []
  const sink = { append: (event: AuditEvent) => void events.push(event), close: () => {} }
  const server = await verifyingServer(clock, {
    audit: { sink, reader: noAuditTrail },
    ...(registrySuffix !== undefined && { registrySuffix }),
  })
  const ecrOf = (credentials: Credentials): ECRClient =>
    new ECRClient({ endpoint: server.endpoint, region: REGION, credentials, maxAttempts: 1 })
  const authorizationOf = async (credentials: Credentials): Promise<string> => {
    const { authorizationData } = await ecrOf(credentials).send(new GetAuthorizationTokenCommand({}))
    return `Basic ${authorizationData?.[0]?.authorizationToken}`
  }
  const [ecr, authorization] = [ecrOf(server.root), await authorizationOf(server.root)]
  return {
    server,
    ecr,
    events,
    authorization,
    authorizationOf,
    newRepository: async () => {
      const repositoryName = `team/r${randomBytes(4).toString('hex')}`
      await ecr.send(new CreateRepositoryCommand({ repositoryName }))
      return repositoryName
    },
    send: (method, place, body, headers = {}) =>
      fetch(`${server.endpoint}${place.startsWith('/') ? place : `/v2/${place}`}`, {
        method,
        headers: { Authorization: authorization, ...headers },
        body: body === undefined ? null : Buffer.from(body),
      }),
    close: () => server.close(),
  }
}

export const digestOf = (content: Buffer | string, algorithm = 'sha256'): string =>
  `${algorithm}:${createHash(algorithm).update(content).digest('hex')}`

export const descriptor = (mediaType: string, content: Buffer | string, more: object = {}) => ({
  mediaType,
  digest: digestOf(content),
  size: Buffer.byteLength(content),
  ...more,
})

/** Pushes a blob in one request and gives its content's descriptor. */
export const pushBlob = async (client: RegistryClient, repository: string, content: Buffer, mediaType = LAYER) => {
  const answer = await client.send('POST', `${repository}/blobs/uploads/?digest=${digestOf(content)}`, content)
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
  return descriptor(mediaType, content)
}

/** A manifest whose content is in the repository. */
export const newManifest = async (client: RegistryClient, repository: string, more: object = {}): Promise<string> => {
  const config = await pushBlob(client, repository, Buffer.from(`{"made":"${randomBytes(8).toString('hex')}"}`), CONFIG)
  const layers = [await pushBlob(client, repository, randomBytes(100))]
  return JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers, ...more })
}

export const newIndex = (manifests: readonly object[], more: object = {}): string =>
  JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests, ...more })

export const putManifest = (
  client: RegistryClient,
  repository: string,
  reference: string,
  manifest: string,
  type = OCI_MANIFEST,
): Promise<Response> => client.send('PUT', `${repository}/manifests/${reference}`, manifest, { 'Content-Type': type })

/** Pushes an image and gives its manifest and digest. */
export const pushImage = async (client: RegistryClient, repository: string, tag?: string, more: object = {}) => {
  const manifest = await newManifest(client, repository, more)
  const digest = digestOf(manifest)
  const answer = await putManifest(client, repository, tag ?? digest, manifest)
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
  return { manifest, digest }
}

export const codeOf = async (answer: Response): Promise<string> =>
  `${answer.status} ${((await answer.json()) as { errors: { code: string }[] }).errors[0]?.code}`

/** A client that calls the server by another host than it is reached under. */
export const atHost = (client: RegistryClient, host: string): RegistryClient => ({
  ...client,
  send: (method, place, body, given = {}) =>
    new Promise((resolve, reject) => {
      const headers = { Host: host, Authorization: client.authorization, ...given }
      httpRequest(`${client.server.endpoint}/v2/${place}`, { method, headers }, (response) => {
        const pieces: Buffer[] = []
        response.on('data', (piece: Buffer) => pieces.push(piece))
        response.on('end', () => resolve(new Response(Buffer.concat(pieces), { status: response.statusCode ?? 0 })))
      })
        .on('error', reject)
        .end(body)
    }),
})
