import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { aRoutingTable, aRuleRoute, answerWith } from '../../../test/e2e/loadbalancer/a-route.ts'
import { ManualClock } from '../../kit/clock.ts'
import { SystemIds } from '../../kit/ids.ts'
import { silentLog } from '../../kit/log.ts'
import type { LoadBalancerRecord } from '../../model/load-balancing/records.ts'
import type { RoutingTable } from '../../model/load-balancing/routing.ts'
import { listenerName } from '../configuration/names.ts'
import type { RenderedConfiguration } from '../configuration/settings.ts'
import { AccessLogs } from './access-logs.ts'
import { LogUploads, type Upload } from './log-uploads.ts'

const BUCKET = { 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'logs', 'access_logs.s3.prefix': 'web' }
const RENDERED = { rules: new Map(), backends: new Map() } as unknown as RenderedConfiguration

const tableOf = (attributes: LoadBalancerRecord['attributes'] = BUCKET): RoutingTable =>
  aRoutingTable({ port: 80, rules: [aRuleRoute('default', [], [answerWith('')])], loadBalancer: { attributes } })
const SECTION = listenerName([...tableOf().loadBalancers.values()][0]!.listeners[0]!.listenerArn)

/** As HAProxy writes it, of a listener of that table. */
const lineOf = (url: string): string =>
  `"${SECTION}" "default" "web" "s" "10.0.0.9" 1 "10.0.1.2" 80 1767323045 6 1 2 3 4 5 200 1 2 "--" "GET" "${url}" "HTTP/1.1" "www.test" "agent"`

const aDirectory = (): string => mkdtempSync(path.join(tmpdir(), 'longshore-logs-'))

const logsIn = (directory: string, upload?: Upload) => {
  const clock = new ManualClock()
  const logs = new AccessLogs({ directory, ...(upload && { upload }), clock, ids: new SystemIds(), log: silentLog })
  logs.start()
  return { clock, logs }
}

const filesIn = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.gz'))

const textOf = (directory: string): string =>
  filesIn(directory)
    .map((name) => gunzipSync(readFileSync(path.join(directory, name))).toString())
    .join('')

describe('access logs', () => {
  it('are a file per load balancer and five minutes, named as AWS names objects', async () => {
    const directory = aDirectory()
    const { logs } = logsIn(directory)
    logs.declare(tableOf(), RENDERED)
    logs.add(lineOf('/a'))
    logs.add(lineOf('/b'))
    logs.add('Health check for server web/a succeeded')
    logs.add(lineOf('/c').replace(SECTION, 'other'))
    await logs.closeFiles()
    expect(filesIn(directory)).toEqual([
      expect.stringMatching(
        /^logs\/web\/AWSLogs\/000000000000\/elasticloadbalancing\/us-east-1\/2026\/01\/01\/000000000000_elasticloadbalancing_us-east-1_app\.web\.50dc6c495c0c9188_20260101T0000Z_127\.0\.0\.1_[0-9a-f]{8}\.log\.gz$/,
      ),
    ])
    expect(textOf(directory).match(/GET \S+/g)).toEqual(['GET http://www.test:80/a', 'GET http://www.test:80/b'])
    await logs.closeFiles()
    expect(filesIn(directory)).toHaveLength(1)
    await logs.stop()
  })

  it('are not written for load balancers that want none', async () => {
    const directory = aDirectory()
    const { logs } = logsIn(directory)
    logs.declare(tableOf({ ...BUCKET, 'access_logs.s3.enabled': 'false' }), RENDERED)
    logs.add(lineOf('/a'))
    await logs.closeFiles()
    expect(filesIn(directory)).toEqual([])
    await logs.stop()
  })

  it('never leave their directory, whatever the prefix', async () => {
    const directory = aDirectory()
    const { logs } = logsIn(directory)
    logs.declare(tableOf({ ...BUCKET, 'access_logs.s3.prefix': '../../etc' }), RENDERED)
    logs.add(lineOf('/a'))
    await logs.closeFiles()
    expect(filesIn(directory)).toEqual([])
    await logs.stop()
  })

  it('count what they could not keep', async () => {
    const { logs } = logsIn(aDirectory())
    logs.declare(tableOf(), RENDERED)
    logs.add(lineOf('/a').slice(0, 50))
    expect(logs.lostLines).toBe(1)
    for (let count = 0; count < 700; count++) logs.add(lineOf(`/${'x'.repeat(60_000)}`))
    expect(logs.lostLines).toBeGreaterThan(100)
    await logs.stop()
  })

  it('of a load balancer that is gone end with its last lines', async () => {
    const directory = aDirectory()
    const { logs } = logsIn(directory)
    logs.declare(tableOf(), RENDERED)
    logs.add(lineOf('/last'))
    logs.declare({ ...tableOf(), loadBalancers: new Map() }, RENDERED)
    await logs.closeFiles()
    expect(textOf(directory)).toContain('/last')
    await logs.stop()
  })

  it('of a process that ended in the midst are finished by the next, when it knows what they are of', async () => {
    const directory = aDirectory()
    const first = logsIn(directory)
    first.logs.declare(tableOf(), RENDERED)
    first.logs.add(lineOf('/a'))
    await first.logs.stop()
    const open = path.join(directory, '.open')
    const [name = ''] = readdirSync(open)
    writeFileSync(path.join(open, `${name}.closing`), 'earlier\n')
    writeFileSync(path.join(open, `${name}.closing.gz`), 'half of it')
    const { logs } = logsIn(directory)
    await logs.closeFiles()
    expect(readdirSync(open)).toContain(name)
    logs.declare(tableOf(), RENDERED)
    await logs.closeFiles()
    expect(textOf(path.join(directory, 'logs'))).toMatch(/earlier/)
    expect(textOf(path.join(directory, 'logs'))).toMatch(/GET \S+\/a/)
    expect(readdirSync(open)).toEqual([])
    await logs.stop()
  })

  it('are uploaded where there is an S3, and leave the disk', async () => {
    const directory = aDirectory()
    const uploaded: string[] = []
    const isDone = new Promise<void>((resolve) => {
      const { logs } = logsIn(directory, (bucket, key, file) => {
        uploaded.push(`${bucket} ${key.slice(0, 12)} ${gunzipSync(readFileSync(file)).toString().includes('/a')}`)
        resolve()
        return Promise.resolve()
      })
      logs.declare(tableOf(), RENDERED)
      logs.add(lineOf('/a'))
      void logs.closeFiles()
    })
    await isDone
    expect(uploaded).toEqual(['logs web/AWSLogs/ true'])
    expect(existsSync(path.join(directory, 'logs'))).toBe(false)
  })
})

describe('uploads', () => {
  const world = () => {
    const directory = aDirectory()
    for (const name of ['one/a/1.gz', 'two/b/2.gz']) {
      mkdirSync(path.dirname(path.join(directory, name)), { recursive: true })
      writeFileSync(path.join(directory, name), name)
    }
    const [tried, clock] = [[] as string[], new ManualClock()]
    const away = new Set<string>()
    const begin = (): LogUploads => {
      const upload: Upload = (bucket, key) => {
        tried.push(`${bucket} ${key}`)
        return away.has(bucket) ? Promise.reject(new Error('away')) : Promise.resolve()
      }
      const uploads = new LogUploads({ directory, upload, clock, log: silentLog })
      uploads.start()
      return uploads
    }
    return { begin, tried, away, clock }
  }

  it('are tried again, each minute and after a restart, until they are done', async () => {
    const { begin, tried, away, clock } = world()
    away.add('one')
    const uploads = begin()
    await uploads.run()
    expect(uploads.waiting).toEqual(['one/a/1.gz'])
    await clock.advance(60_000)
    expect(tried).toEqual(['one a/1.gz', 'two b/2.gz', 'one a/1.gz'])
    uploads.stop()
    await clock.advance(120_000)
    expect(tried).toHaveLength(3)
    away.clear()
    const next = begin()
    await next.run()
    expect(next.waiting).toEqual([])
    next.stop()
  })
})
