/**
 * Goal: what the guides tell people to type works as it stands there.
 *
 * Method: two Longshores that ask policies, each on an engine in a network of its own. Every guide with ```sh blocks is read, and its blocks are run
 * by one bash at the first of the two that is free, top to bottom, which ends at the first command that fails. Blocks of other languages are for people.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildBusyboxImage, tagImage } from './busybox-image.ts'
import { type Engine, startEngine } from './engine.ts'
import { bin, type RunningLongshore, startLongshore } from './longshore.ts'

const GUIDES = path.join(import.meta.dirname, '..', '..', 'docs', 'guides')
const SAMPLE_IMAGE = 'longshore-sample:1'
const CONNECTED = `until aws ecs list-container-instances --endpoint-url "$AWS_ENDPOINT_URL" --output text | grep -q arn:; do sleep 0.2; done`
/** What a guide may take as a whole. */
const GUIDE_TIMEOUT_MS = 300_000

interface Ran {
  readonly exitCode: number | null
  readonly output: string
}

/** The ```sh blocks of a guide as one script that says on its way where it is. */
const scriptOf = (guide: string): string => {
  const lines = readFileSync(path.join(GUIDES, guide), 'utf8').split('\n')
  const script: string[] = []
  let isInside = false
  for (const [index, line] of lines.entries()) {
    if (line === '```sh') script.push(`echo '@ ${guide}:${index + 2}'`)
    else if (isInside && line !== '```') script.push(line)
    isInside = line === '```sh' || (isInside && line !== '```')
  }
  return script.join('\n')
}

const guides = readdirSync(GUIDES).filter((file) => file.endsWith('.md') && scriptOf(file) !== '')

/** Where a guide is followed, one at a time. */
interface Site {
  readonly engine: Engine
  readonly longshore: RunningLongshore
  readonly home: string
}

const SITES = 2

const startSite = async (): Promise<Site> => {
  const engine = await startEngine()
  await tagImage(engine.socket, await buildBusyboxImage(engine.socket), SAMPLE_IMAGE)
  const longshore = await startLongshore({
    isDev: false,
    dockerSocket: engine.socket,
    inNetwork: engine.inNetwork,
    env: {
      ECS_ENABLE_TASK_IAM_ROLE: 'true',
      ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST: 'true',
      ECS_ENABLE_CONTAINER_METADATA: 'true',
      LONGSHORE_TASK_METADATA_PORT: '51679',
    },
  })
  return { engine, longshore, home: mkdtempSync(path.join(tmpdir(), 'longshore-guides-')) }
}

const stopSite = async ({ engine, longshore, home }: Site): Promise<void> => {
  await longshore.stop()
  await engine.stop()
  rmSync(home, { recursive: true, force: true })
}

const run = ({ engine, longshore, home }: Site, script: string): Promise<Ran> => {
  const [program, ...args] = [...engine.inNetwork, 'bash', '-euo', 'pipefail', '-c', script] as const
  const env = {
    ...process.env,
    // The AWS CLI of the distribution is version 2, as the guides have it; a machine may have version 1 elsewhere.
    PATH: `${path.dirname(bin)}:/usr/bin:${process.env['PATH']}`,
    HOME: home,
    DOCKER_HOST: engine.host,
    LONGSHORE_DATA_DIR: longshore.dataDir,
    AWS_PAGER: '',
  }
  return new Promise((resolve, reject) => {
    const bash = spawn(program, args, { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: GUIDE_TIMEOUT_MS })
    let output = ''
    bash.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    bash.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    bash.once('error', reject)
    bash.once('close', (exitCode) => resolve({ exitCode, output }))
  })
}

describe('the guides', () => {
  let sites: Site[] = []
  const waiting: ((site: Site) => void)[] = []

  const takeSite = (): Promise<Site> => {
    const free = sites.pop()
    return free === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(free)
  }

  const leaveSite = (site: Site): void => {
    const next = waiting.shift()
    if (next === undefined) sites.push(site)
    else next(site)
  }

  beforeAll(async () => {
    sites = await Promise.all(Array.from({ length: SITES }, startSite))
  })

  afterAll(async () => {
    await Promise.all(sites.map(stopSite))
  })

  it('have commands that people can copy', () => {
    expect(guides).not.toEqual([])
  })

  // The time that others need at the sites counts, too.
  const timeout = guides.length * GUIDE_TIMEOUT_MS
  it.concurrent.each(guides)('%s works as it stands', { timeout }, async (guide) => {
    const site = await takeSite()
    try {
      const { exitCode, output } = await run(site, `eval "$(longshore env)"\n${CONNECTED}\n${scriptOf(guide)}`)
      expect(exitCode, output).toBe(0)
    } finally {
      leaveSite(site)
    }
  })
})
