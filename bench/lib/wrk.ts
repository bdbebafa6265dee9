/** wrk, which asks as quickly as it is answered over connections that it keeps. */
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { scratchDirectory } from './scratch.ts'

const run = promisify(execFile)

export interface Load {
  readonly requestsPerSecond: number
  /** The 99th percentile. */
  readonly p99Ms: number
}

export interface Ask {
  readonly host: string
  readonly path: string
}

/** A script by which wrk asks for each of these in turn. */
export const askInTurn = (asks: readonly Ask[]): string => {
  const file = path.join(scratchDirectory(), 'requests.lua')
  const lines = asks.map(
    ({ host, path: of }) => `wrk.format('GET', ${JSON.stringify(of)}, { ['Host'] = ${JSON.stringify(host)} }),`,
  )
  writeFileSync(
    file,
    `local requests, count = {}, 0
function init()
  requests = { ${lines.join('\n')} }
end
function request()
  count = count + 1
  return requests[count % #requests + 1]
end
`,
  )
  return file
}

export interface LoadOptions {
  readonly url: string
  readonly connections: number
  readonly seconds: number
  readonly script?: string
}

/** Rejects if an answer is anything but a success. */
export const loadBy = async ({ url, connections, seconds, script }: LoadOptions): Promise<Load> => {
  const args = [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--latency',
    ...(script === undefined ? [] : ['-s', script]),
  ]
  const { stdout } = await run('wrk', [...args, url])
  const failures = /Non-2xx.*|Socket errors.*/.exec(stdout)
  if (failures !== null) throw new Error(`${url}: ${failures[0]}`)
  return {
    requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
    p99Ms: milliseconds(/^ +99% +(\S+)$/m.exec(stdout)?.[1] ?? ''),
  }
}

const MILLISECONDS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 }

const milliseconds = (text: string): number => {
  const [, number, unit = ''] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? []
  return Number(number) * (MILLISECONDS[unit] ?? Number.NaN)
}
