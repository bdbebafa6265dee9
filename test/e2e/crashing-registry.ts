/** A container registry that is killed and started again (`registry-process.ts`), its blobs in a directory or in an S3, and a client of it. */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { OCI_MANIFEST } from '../../src/model/image-manifest.ts'
import { type SmallS3, smallS3 } from '../fakes/small-s3.ts'
import { imageManifest, sha256 } from '../registry-server.ts'
import type { Order, Told } from './registry-process.ts'

const PROGRAM = path.join(import.meta.dirname, 'registry-process.ts')
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' }

/** They have different keys. */
export const REPOSITORIES = ['team/web', 'team/api'] as const
/** Where blobs lie. */
export const PLACES = ['a directory', 'an S3'] as const
export type Place = (typeof PLACES)[number]

export interface Image {
  readonly repository: string
  readonly tag: string
  readonly manifest: string
  readonly contents: readonly Buffer[]
}

export const anImage = (repository: string, tag: string, layers: readonly Buffer[]): Image => {
  const config = Buffer.from(JSON.stringify({ os: 'linux', tag, made: randomBytes(8).toString('hex') }))
  return { repository, tag, manifest: imageManifest(config, layers), contents: [config, ...layers] }
}

export class CrashingRegistry {
  /** Undefined where blobs lie in a directory. */
  readonly s3: SmallS3 | undefined
  readonly #dataDir = mkdtempSync(path.join(tmpdir(), 'longshore-registry-'))
  #child: ChildProcess | undefined
  /** The same after each start. */
  #port = 0

  private constructor(s3: SmallS3 | undefined) {
    this.s3 = s3
  }

  static async start(place: Place): Promise<CrashingRegistry> {
    const registry = new CrashingRegistry(place === 'an S3' ? await smallS3() : undefined)
    await registry.start()
    return registry
  }

  /** E.g. `127.0.0.1:5000`. */
  get host(): string {
    return `127.0.0.1:${this.#port}`
  }

  get processId(): number {
    return this.#running.pid ?? 0
  }

  get #running(): ChildProcess {
    if (this.#child === undefined) throw new Error('the registry was not started')
    return this.#child
  }

  async start(): Promise<void> {
    const s3Url = this.s3 && `s3://images/here?endpoint=${this.s3.endpoint}&region=us-east-1&path-style=true`
    this.#child = fork(PROGRAM, [this.#dataDir, s3Url ?? '', String(this.#port), ...REPOSITORIES], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, ...CREDENTIALS },
    })
    const [told] = (await once(this.#child, 'message')) as [{ readonly port: number }]
    this.#port = told.port
  }

  /** Resolves when it was killed, whoever did it. */
  async died(): Promise<void> {
    const child = this.#running
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    assert.equal(child.signalCode, 'SIGKILL')
  }

  async kill(): Promise<void> {
    this.#running.kill('SIGKILL')
    await this.died()
  }

  async remove(): Promise<void> {
    await this.kill()
    await this.s3?.close()
    rmSync(this.#dataDir, { recursive: true, force: true })
  }

  order(message: Order): void {
    this.#running.send(message)
  }

  /** `place`: what a `Location` says, or what comes after `/v2/`. */
  send(method: string, place: string, body?: Buffer | string, headers: Record<string, string> = {}): Promise<Response> {
    const content = body === undefined ? null : Buffer.from(body)
    return fetch(this.urlOf(place), { method, headers, body: content })
  }

  urlOf(place: string): URL {
    return new URL(place, `http://${this.host}/v2/`)
  }

  /** As docker does it: looks first, and uploads in pieces. */
  async pushBlob(repository: string, content: Buffer): Promise<void> {
    const digest = sha256(content)
    if ((await this.send('HEAD', `${repository}/blobs/${digest}`)).status === 200) return
    const place = await this.beginUpload(repository)
    await this.send('PATCH', place, content)
    const { status } = await this.send('PUT', `${place}?digest=${digest}`)
    if (status !== 201) throw new Error(`a blob was answered with ${status}`)
  }

  /** Gives where the upload goes on. */
  async beginUpload(repository: string): Promise<string> {
    return (await this.send('POST', `${repository}/blobs/uploads/`)).headers.get('Location') ?? ''
  }

  async putManifest({ repository, tag, manifest }: Image): Promise<number> {
    const place = `${repository}/manifests/${tag}`
    return (await this.send('PUT', place, manifest, { 'Content-Type': OCI_MANIFEST })).status
  }

  async push(image: Image): Promise<void> {
    for (const content of image.contents) await this.pushBlob(image.repository, content)
    const status = await this.putManifest(image)
    if (status !== 201) throw new Error(`an image was answered with ${status}`)
  }

  /** True if all of it is there; a part of it alone is a failure. */
  async isWhole({ repository, manifest, contents }: Image): Promise<boolean> {
    const answer = await this.send('GET', `${repository}/manifests/${sha256(manifest)}`)
    if (answer.status === 404) return false
    assert.equal(await answer.text(), manifest)
    for (const content of contents) {
      const blob = await this.send('GET', `${repository}/blobs/${sha256(content)}`)
      assert.equal(blob.status, 200)
      assert.ok(Buffer.from(await blob.arrayBuffer()).equals(content), 'a blob is another one')
    }
    return true
  }

  async delete({ repository, manifest }: Image): Promise<number> {
    return (await this.send('DELETE', `${repository}/manifests/${sha256(manifest)}`)).status
  }

  /** Deletes these images, which are all that there are, and has everything collected: then nothing may be left. */
  async expectNothingLeft(images: readonly Image[]): Promise<void> {
    for (const image of images) await this.delete(image)
    const told = new Promise<Told>((resolve) => this.#running.once('message', resolve))
    this.order({ collect: true })
    assert.deepEqual(await told, { collected: true, uploads: 0 })
    assert.deepEqual(this.#left(), [])
  }

  /** Whether there is a blob of that content, which is of the first repository; asking the registry itself would keep it. */
  holds(content: Buffer): boolean {
    return this.#left().some((file) => file.endsWith(sha256(content).slice('sha256:'.length)))
  }

  /** Every file, object and half object that blobs and uploads have. */
  #left(): string[] {
    const files = readdirSync(this.#dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => path.relative(this.#dataDir, path.join(parentPath, name)))
      // Where the journal lies.
      .filter((file) => !file.startsWith('server'))
    return [...files, ...(this.s3?.objects.keys() ?? []), ...(this.s3?.uploads.keys() ?? [])]
  }

  /** `VmRSS` of the process is what it has in memory now, `VmHWM` the most that it ever had. */
  memoryMiB(what: 'VmRSS' | 'VmHWM'): number {
    const status = readFileSync(`/proc/${this.processId}/status`, 'utf8')
    const [, kibibytes] = new RegExp(`${what}:\\s+(\\d+)`).exec(status) ?? []
    return Number(kibibytes) / 1024
  }
}
