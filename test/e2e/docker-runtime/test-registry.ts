/** A registry with one repository, `team/web`, whose failures a test decides. Reads only, as far as the engine needs it to pull. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { busyboxLayer } from '../busybox-image.ts'

interface Blob {
  readonly digest: string
  readonly type: string
  readonly bytes: Buffer
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

const aBlob = (type: string, content: Buffer | object): Blob => {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content))
  return { digest: digestOf(bytes), type, bytes }
}

const described = ({ type, digest, bytes }: Blob) => ({ mediaType: type, size: bytes.length, digest })

export class TestRegistry {
  /** Answers `GET /v2/...`, one line each. */
  readonly requests: string[] = []
  /** `user:password` that is asked for, if any. */
  login: string | undefined
  /** Answers of this status are given to the next requests for a manifest. */
  failures: number[] = []
  /** Blobs begin and never end. */
  isSilent = false

  readonly #blobs = new Map<string, Blob>()
  readonly #tags = new Map<string, Blob>()
  readonly #server = createServer((request, response) => this.#answer(request, response))

  static async start(): Promise<TestRegistry> {
    const registry = new TestRegistry()
    await new Promise<void>((listening) => registry.#server.listen(0, '127.0.0.1', listening))
    return registry
  }

  get repository(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}/team/web`
  }

  /** Makes a new image and gives it the tag; resolves with its digest. */
  push(tag: string, environment: readonly string[] = []): string {
    const tar = busyboxLayer()
    const layer = aBlob('application/vnd.docker.image.rootfs.diff.tar.gzip', gzipSync(tar))
    const config = aBlob('application/vnd.docker.container.image.v1+json', {
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: { Env: ['PATH=/bin', ...environment], Cmd: ['sh'] },
      rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
    })
    const manifest = aBlob('application/vnd.docker.distribution.manifest.v2+json', {
      schemaVersion: 2,
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      config: described(config),
      layers: [described(layer)],
    })
    for (const blob of [layer, config, manifest]) this.#blobs.set(blob.digest, blob)
    this.#tags.set(tag, manifest)
    return manifest.digest
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((closed) => this.#server.close(closed))
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(`${request.method} ${request.url}`)
    if (!this.#isAllowed(request)) {
      response.setHeader('WWW-Authenticate', 'Basic realm="test"')
      return refuse(response, 401, 'UNAUTHORIZED', 'authentication required')
    }
    const [, kind, name] = /^\/v2\/team\/web\/(manifests|blobs)\/(.+)$/.exec(request.url ?? '') ?? []
    if (kind === undefined || name === undefined) return void response.end('{}')
    const failure = kind === 'manifests' ? this.failures.shift() : undefined
    if (failure !== undefined) return refuse(response, failure, 'UNKNOWN', 'the registry is unwell')
    const blob = this.#tags.get(name) ?? this.#blobs.get(name)
    if (blob === undefined) return refuse(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown')
    this.#send(request, response, kind, blob)
  }

  #isAllowed({ headers }: IncomingMessage): boolean {
    return this.login === undefined || headers.authorization === `Basic ${Buffer.from(this.login).toString('base64')}`
  }

  #send(request: IncomingMessage, response: ServerResponse, kind: string, { digest, type, bytes }: Blob): void {
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': bytes.length, 'Docker-Content-Digest': digest })
    if (request.method === 'HEAD') response.end()
    else if (this.isSilent && kind === 'blobs') response.write(bytes.subarray(0, 10))
    else response.end(bytes)
  }
}

const refuse = (response: ServerResponse, status: number, code: string, message: string): void => {
  response
    .writeHead(status, { 'Content-Type': 'application/json' })
    .end(JSON.stringify({ errors: [{ code, message }] }))
}
