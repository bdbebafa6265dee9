/** As much of an S3 as a place for blobs needs, in memory, which fails as a test says. It looks at no signature. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** `cut`: the connection ends in the midst of the answer. `silent`: there is no answer. */
export type S3Failure = 500 | 503 | 'cut' | 'silent'

export interface SmallS3 {
  readonly endpoint: string
  /** By key. */
  readonly objects: Map<string, Buffer>
  /** Uploads in parts that have not ended, by their id. */
  readonly uploads: Map<string, { readonly key: string; readonly parts: Map<number, Buffer> }>
  /** What was asked, e.g. `PUT part`. */
  readonly calls: string[]
  /** The next requests of that kind, or of any, fail. */
  fail(failure: S3Failure, times?: number, call?: string): void
  /** Hears of each request before it is done. */
  onCall: (call: string) => void
  close(): Promise<void>
}

const PAGE = 2
const OBJECT_DATE = new Date('2026-01-01T00:00:00Z')

export const smallS3 = async (bucket = 'images'): Promise<SmallS3> => {
  const state = new State()
  const server = createServer((request, response) => void state.serve(bucket, request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return Object.assign(state, {
    endpoint: `http://127.0.0.1:${port}`,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  })
}

class State {
  readonly objects: SmallS3['objects'] = new Map()
  readonly uploads: SmallS3['uploads'] = new Map()
  readonly calls: string[] = []
  onCall: SmallS3['onCall'] = () => undefined
  readonly #failures: { readonly failure: S3Failure; readonly call: string | undefined; left: number }[] = []
  #nextUpload = 1

  fail(failure: S3Failure, times = 1, call?: string): void {
    this.#failures.push({ failure, call, left: times })
  }

  async serve(bucket: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://s3')
    const call = callOf(request.method ?? '', url, bucket)
    const body = await bodyOf(request)
    if (body === undefined) return void response.destroy()
    this.calls.push(call)
    this.onCall(call)
    const failure = this.#failureOf(call)
    if (failure === 'silent') return
    if (typeof failure === 'number') return refuse(response, failure, 'InternalError')
    const key = decodeURIComponent(url.pathname).slice(bucket.length + 2)
    const { status, headers = {}, content = Buffer.alloc(0) } = this.#answer(call, key, url, request, body)
    response.writeHead(status, { ...headers, ...(status !== 204 && { 'content-length': content.length }) })
    if (request.method === 'HEAD') return void response.end()
    if (failure === undefined) return void response.end(content)
    response.write(content.subarray(0, Math.floor(content.length / 2)), () => response.destroy())
  }

  #failureOf(call: string): S3Failure | undefined {
    const found = this.#failures.find((each) => each.left > 0 && (each.call ?? call) === call)
    if (found !== undefined) found.left -= 1
    return found?.failure
  }

  #answer(call: string, key: string, url: URL, request: IncomingMessage, body: Buffer): Answer {
    const uploadId = url.searchParams.get('uploadId') ?? ''
    switch (call) {
      case 'PUT object':
        this.objects.set(key, body)
        return { status: 200, headers: { etag: etag(body) } }
      case 'POST uploads': {
        const id = `upload-${this.#nextUpload++}`
        this.uploads.set(id, { key, parts: new Map() })
        return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`)
      }
      case 'PUT part': {
        const upload = this.uploads.get(uploadId)
        if (upload === undefined) return notFound('NoSuchUpload')
        upload.parts.set(Number(url.searchParams.get('partNumber')), body)
        return { status: 200, headers: { etag: etag(body) } }
      }
      case 'POST upload': {
        const upload = this.uploads.get(uploadId)
        if (upload === undefined) return notFound('NoSuchUpload')
        const numbers = [...body.toString().matchAll(/<PartNumber>(\d+)</g)].map(([, number]) => Number(number))
        const parts = numbers.map((number) => upload.parts.get(number) ?? Buffer.alloc(0))
        this.objects.set(key, Buffer.concat(parts))
        this.uploads.delete(uploadId)
        return xml('<CompleteMultipartUploadResult/>')
      }
      case 'DELETE upload':
        return this.uploads.delete(uploadId) ? { status: 204 } : notFound('NoSuchUpload')
      case 'DELETE object':
        this.objects.delete(key)
        return { status: 204 }
      case 'GET uploads':
        return this.#listUploads()
      case 'GET list':
        return this.#list(url.searchParams)
      default:
        return this.#get(key, request)
    }
  }

  #get(key: string, { headers }: IncomingMessage): Answer {
    const content = this.objects.get(key)
    if (content === undefined) return notFound('NoSuchKey')
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []
    if (from === undefined) return { status: 200, content }
    const range = content.subarray(Number(from), Number(to) + 1)
    return { status: 206, headers: { 'content-range': `bytes ${from}-${to}/${content.length}` }, content: range }
  }

  #list(query: URLSearchParams): Answer {
    const [prefix, after] = [query.get('prefix') ?? '', query.get('continuation-token') ?? '']
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted()
    const page = keys.slice(0, PAGE)
    const entries = page.map((key) => {
      const size = this.objects.get(key)?.length
      return `<Contents><Key>${key}</Key><LastModified>${OBJECT_DATE.toISOString()}</LastModified><Size>${size}</Size></Contents>`
    })
    const isTruncated = keys.length > PAGE
    const next = isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''
    return xml(
      `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${next}${entries.join('')}</ListBucketResult>`,
    )
  }

  #listUploads(): Answer {
    const entries = [...this.uploads].map(
      ([id, { key }]) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`,
    )
    return xml(
      `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${entries.join('')}</ListMultipartUploadsResult>`,
    )
  }
}

interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly content?: Buffer
}

const callOf = (method: string, { pathname, searchParams }: URL, bucket: string): string => {
  if (searchParams.has('partNumber')) return `${method} part`
  if (searchParams.has('uploadId')) return `${method} upload`
  if (searchParams.has('uploads')) return `${method} uploads`
  return pathname.replace(/\/$/, '') === `/${bucket}` ? `${method} list` : `${method} object`
}

/** Undefined if the client is gone before all of it came. */
const bodyOf = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  const pieces: Buffer[] = []
  try {
    for await (const piece of request) pieces.push(piece as Buffer)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') return undefined
    throw error
  }
  return Buffer.concat(pieces)
}

const etag = (content: Buffer): string => `"${createHash('md5').update(content).digest('hex')}"`

const xml = (text: string): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  content: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${text}`),
})

const notFound = (code: string): Answer => ({ ...xml(`<Error><Code>${code}</Code></Error>`), status: 404 })

const refuse = (response: ServerResponse, status: number, code: string): void => {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`)
}
