/**
 * The container registry against Debian's docker-registry, on the same disk in alternating pairs: raw pushes and pulls as Docker makes them, its
 * own `docker pull`, all of it in plain text and encrypted; and the memory of our server while it does all of that. The goals are those of plain text;
 * encrypted, four fifths of them will do. `--quick` takes images of a fifth.
 */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr'
import { OCI_MANIFEST } from '../src/model/image-manifest.ts'
import { startEngine } from '../test/e2e/engine.ts'
import { type RunningLongshore, startLongshore } from '../test/e2e/longshore.ts'
import { type Answer, comparePairs, compareToLimit, millisecondsOf, type PairsOptions, rateOf } from './lib/compare.ts'
import { startDockerRegistry } from '../test/e2e/docker-registry.ts'
import { sendAll } from './lib/http-load.ts'
import { anImage, type BenchImage } from './lib/registry-images.ts'
import { inParallel, RegistryClient } from './lib/registry-client.ts'
import { report } from './lib/report.ts'
import { scratchDirectory } from './lib/scratch.ts'

const isQuick = process.argv.includes('--quick')
const LAYERS = 10
const LAYER_BYTES = isQuick ? 20e6 : 100e6
const SMALL_IMAGES = isQuick ? 40 : 200
const SMALL_LAYER_BYTES = 50_000
const PARALLEL_PULLS = 32
const PULLED_LAYER_BYTES = isQuick ? 2e6 : 10e6
const MANIFEST_GETS = isQuick ? 4000 : 20_000
const CONNECTIONS = 16
const PAIRS = isQuick ? 3 : 5
/** Until all of the server is compiled. */
const WARM_UPS = isQuick ? 3 : 1
const MEMORY_LIMIT_MB = 150
const REPOSITORY = 'bench/image'
const BYTES_PER_MB = 1e6

const run = promisify(execFile)
const directory = scratchDirectory()

/** A registry under test. */
interface Site {
  readonly name: string
  readonly endpoint: string
  readonly client: RegistryClient
}

const siteOf = (name: string, endpoint: string): Site => ({ name, endpoint, client: new RegistryClient(endpoint) })

const startOurs = async (encryption: 'on' | 'off'): Promise<RunningLongshore> => {
  const longshore = await startLongshore({ runtime: 'simulated', args: [`--registry-encryption=${encryption}`] })
  const ecr = new ECRClient({
    endpoint: longshore.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  await ecr.send(new CreateRepositoryCommand({ repositoryName: REPOSITORY }))
  ecr.destroy()
  return longshore
}

const megabytesPerSecond = (bytes: number, work: () => Promise<void>): Promise<number> =>
  rateOf(bytes / BYTES_PER_MB, work)

const image = anImage(LAYERS, LAYER_BYTES)
const pulledByMany = anImage(LAYERS, PULLED_LAYER_BYTES)
const smallImages = Array.from({ length: SMALL_IMAGES }, () => anImage(1, SMALL_LAYER_BYTES))

const push = ({ client }: Site): Promise<number> =>
  megabytesPerSecond(image.totalBytes, () => client.pushImage(REPOSITORY, 'large', image))

/** One after the other, as a client with one connection. */
const pullLayers = ({ client }: Site): Promise<number> =>
  megabytesPerSecond(image.totalBytes, async () => {
    for (const blob of image.blobs) await client.pullBlob(REPOSITORY, blob)
  })

const eachSmall = (work: (image: BenchImage, tag: string) => Promise<void>): Promise<number> =>
  rateOf(SMALL_IMAGES, () =>
    inParallel([...smallImages.entries()], CONNECTIONS, ([number, each]) => work(each, `small-${number}`)),
  )

const pushSmall = ({ client }: Site): Promise<number> =>
  eachSmall((each, tag) => client.pushImage(REPOSITORY, tag, each))

const pullSmall = ({ client }: Site): Promise<number> =>
  eachSmall((each, tag) => client.pullImage(REPOSITORY, tag, each))

const pullByMany = ({ client }: Site): Promise<number> =>
  megabytesPerSecond(PARALLEL_PULLS * pulledByMany.totalBytes, async () => {
    await Promise.all(
      Array.from({ length: PARALLEL_PULLS }, () => client.pullImage(REPOSITORY, 'by-many', pulledByMany)),
    )
  })

const manifestGets = ({ endpoint }: Site): Promise<number> => {
  const { port, host } = new URL(endpoint)
  const get = Buffer.from(
    `GET /v2/${REPOSITORY}/manifests/large HTTP/1.1\r\nHost: ${host}\r\nAccept: ${OCI_MANIFEST}\r\n\r\n`,
  )
  const requests = Array.from({ length: MANIFEST_GETS }, () => get)
  const onAnswer = (head: string): void => {
    if (!head.startsWith('HTTP/1.1 200 ')) throw new Error(head)
  }
  return rateOf(MANIFEST_GETS, () => sendAll({ port: Number(port), connections: CONNECTIONS, requests, onAnswer }))
}

const peakMB = (processId: number | undefined): number => {
  const status = readFileSync(`/proc/${processId}/status`, 'utf8')
  return (Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / BYTES_PER_MB
}

const engine = await startEngine({ network: 'host' })
const theirs = await startDockerRegistry(directory)
const encryptedServer = await startOurs('on')
const plainServer = await startOurs('off')
const rival = siteOf('docker-registry', theirs.endpoint)
const encrypted = siteOf('encrypted', encryptedServer.endpoint)
const inPlainText = siteOf('in plain text', plainServer.endpoint)
const sites = [encrypted, inPlainText, rival]

const dockerPull = async ({ endpoint }: Site): Promise<number> => {
  const name = `${new URL(endpoint).host}/${REPOSITORY}:large`
  const env = { ...process.env, DOCKER_HOST: engine.host }
  const elapsed = await millisecondsOf(() => run('docker', ['pull', '--quiet', name], { env }))
  await run('docker', ['image', 'rm', name], { env })
  return elapsed
}

interface Question extends Pick<PairsOptions, 'question' | 'unit'> {
  /** In plain text, of the rival's figure. */
  readonly goal: { readonly atLeast: number } | { readonly atMost: number }
  readonly measure: (site: Site) => Promise<number>
}

/** What is wanted of the figure with encryption, of the one without. */
const ENCRYPTED_OF_PLAIN = 0.8

const encryptedGoal = (goal: Question['goal']): Question['goal'] =>
  'atLeast' in goal
    ? { atLeast: Number((goal.atLeast * ENCRYPTED_OF_PLAIN).toFixed(2)) }
    : { atMost: Number((goal.atMost / ENCRYPTED_OF_PLAIN).toFixed(2)) }

const compareSites = (
  { question, unit, measure }: Question,
  site: Site,
  other: Site,
  goal: Question['goal'],
): Promise<Answer> =>
  comparePairs({
    question: `${question}, ${site.name}`,
    unit,
    ours: () => measure(site),
    rival: () => measure(other),
    rivalName: other.name,
    goal,
    pairs: PAIRS,
    warmUps: WARM_UPS,
  })

/** In plain text and encrypted against the rival, and what encryption costs. */
const compareAll = async (question: Question): Promise<readonly Answer[]> => {
  const { goal } = question
  const unity = 'atLeast' in goal ? { atLeast: 1 } : { atMost: 1 }
  return [
    await compareSites(question, inPlainText, rival, goal),
    await compareSites(question, encrypted, rival, encryptedGoal(goal)),
    await compareSites(question, encrypted, inPlainText, encryptedGoal(unity)),
  ]
}

const megabytes = (bytes: number): string => `${Math.round(bytes / BYTES_PER_MB)} MB`
const rate = 'MB/s'
const questions: readonly Question[] = [
  {
    question: `push of ${megabytes(image.totalBytes)} in ${LAYERS} layers`,
    unit: rate,
    goal: { atLeast: 1.2 },
    measure: push,
  },
  { question: 'GETs of its layers', unit: rate, goal: { atLeast: 0.9 }, measure: pullLayers },
  { question: `push of ${SMALL_IMAGES} small images`, unit: 'images/s', goal: { atLeast: 1.2 }, measure: pushSmall },
  { question: `pull of ${SMALL_IMAGES} small images`, unit: 'images/s', goal: { atLeast: 0.9 }, measure: pullSmall },
  {
    question: `${PARALLEL_PULLS} pulls at once of ${megabytes(pulledByMany.totalBytes)}`,
    unit: rate,
    goal: { atLeast: 0.9 },
    measure: pullByMany,
  },
  { question: 'GETs of a manifest', unit: '/s', goal: { atLeast: 4 }, measure: manifestGets },
  {
    question: `docker pull of ${megabytes(image.totalBytes)}`,
    unit: 'ms',
    goal: { atMost: 1.05 },
    measure: dockerPull,
  },
]

const memoryOf = (site: Site, longshore: RunningLongshore): Promise<Answer> =>
  compareToLimit({
    question: `most memory of the server meanwhile, ${site.name}`,
    unit: 'MB',
    measure: () => peakMB(longshore.processId('server')),
    limit: MEMORY_LIMIT_MB,
    limitName: 'limit',
    goal: { atMost: 1 },
    samples: 1,
  })

try {
  for (const { client } of sites) await client.pushImage(REPOSITORY, 'by-many', pulledByMany)
  const answers: Answer[] = []
  for (const question of questions) answers.push(...(await compareAll(question)))
  answers.push(await memoryOf(encrypted, encryptedServer), await memoryOf(inPlainText, plainServer))
  report(answers)
} finally {
  for (const { client } of sites) client.close()
  await encryptedServer.stop()
  await plainServer.stop()
  await theirs.stop()
  await engine.stop()
}
