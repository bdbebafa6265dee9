import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { anEngineContainer, anEngineTask } from '../../../test/builders/an-engine-task.ts'
import { ManualClock } from '../../kit/clock.ts'
import { LineLog } from '../../kit/log.ts'
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import type { FileFacts } from './file-view.ts'
import { type FileSource, MetadataFiles } from './metadata-files.ts'

const FILE = 'ecs-container-metadata.json'
const FACTS: FileFacts = { cluster: 'default', containerInstanceArn: 'arn:instance', host: {} }

let parent = ''
beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'longshore-metadata-files-'))
})
afterEach(() => rmSync(parent, { recursive: true, force: true }))

const directory = () => path.join(parent, 'metadata')
const read = (id: string): unknown => JSON.parse(readFileSync(path.join(directory(), id, FILE), 'utf8'))

const CREATED = anEngineContainer({}, { endpointId: 'one', knownStatus: 'PULLED' })
const RUNNING: EngineContainer = {
  ...CREATED,
  knownStatus: 'RUNNING',
  dockerId: 'abc',
  dockerName: 'ecs-web-1-app-0',
  imageId: 'sha256:1',
  ports: [{ containerPort: 80, hostPort: 8080, hostIp: '0.0.0.0', protocol: 'tcp' }],
  networks: [{ name: 'bridge', ipv4Address: '172.17.0.2' }],
}
const taskOf = (container: EngineContainer) => anEngineTask({}, { containers: [container] })

/** An agent with these tasks, of whose changes one can tell. */
const anAgent = (tasks: readonly EngineTask[] = [], facts: FileFacts = FACTS) => {
  const listeners: Parameters<FileSource['listen']>[0][] = []
  const source: FileSource = { facts: () => facts, tasks: () => tasks, listen: (each) => void listeners.push(each) }
  const change = (after: EngineTask | undefined, before: EngineTask | undefined) =>
    listeners.forEach((listener) => listener(after, before))
  return { source, change }
}

const filesOf = (options: { readonly isEnabled?: boolean; readonly isLabelled?: boolean } = {}) => {
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  const log = new LineLog({ clock: new ManualClock(), level: 'debug', format: 'json', write })
  const files = new MetadataFiles({ directory: directory(), isEnabled: true, isLabelled: false, log, ...options })
  return { files, lines }
}

const INITIAL = {
  Cluster: 'default',
  ContainerInstanceARN: 'arn:instance',
  TaskARN: taskOf(CREATED).arn,
  TaskDefinitionFamily: 'web',
  TaskDefinitionRevision: '1',
  ContainerName: 'app',
}
const COMPLETE = {
  ...INITIAL,
  ContainerID: 'abc',
  DockerContainerName: '/ecs-web-1-app-0',
  ImageID: 'sha256:1',
  ImageName: 'busybox',
  PortMappings: [{ ContainerPort: 80, HostPort: 8080, BindIp: '0.0.0.0', Protocol: 'tcp' }],
  Networks: [{ NetworkMode: 'bridge', IPv4Addresses: ['172.17.0.2'] }],
  MetadataFileStatus: 'READY',
}

describe('a container metadata file', () => {
  it('is there before the container, says all when it runs, and goes with its task', () => {
    const { files } = filesOf()
    const { source, change } = anAgent()
    files.begin(source)
    const before = taskOf(CREATED)
    expect(files.prepare(before, CREATED)).toEqual({
      bind: `${directory()}/one:/opt/ecs/metadata/one:ro`,
      variable: `ECS_CONTAINER_METADATA_FILE=/opt/ecs/metadata/one/${FILE}`,
    })
    expect(read('one')).toEqual(INITIAL)
    change(taskOf(RUNNING), before)
    expect(read('one')).toEqual(COMPLETE)
    expect(readdirSync(path.join(directory(), 'one'))).toEqual([FILE])
    change(undefined, taskOf({ ...RUNNING, knownStatus: 'STOPPED' }))
    expect(readdirSync(directory())).toEqual([])
  })

  it('can be read by whoever the container runs as', () => {
    const { files } = filesOf()
    files.begin(anAgent().source)
    files.prepare(taskOf(CREATED), CREATED)
    const modeOf = (...names: string[]) => statSync(path.join(directory(), ...names)).mode & 0o777
    expect([modeOf('one'), modeOf('one', FILE)]).toEqual([0o755, 0o644])
  })

  it('is written anew when the container starts again at another address, and only then', () => {
    const { files } = filesOf()
    const { source, change } = anAgent()
    files.begin(source)
    files.prepare(taskOf(CREATED), CREATED)
    change(taskOf(RUNNING), taskOf(CREATED))
    const written = statSync(path.join(directory(), 'one', FILE)).ino
    change(taskOf({ ...RUNNING, restartCount: 1, networks: [...RUNNING.networks] }), taskOf(RUNNING))
    expect(statSync(path.join(directory(), 'one', FILE)).ino).toBe(written)
    change(taskOf({ ...RUNNING, networks: [{ name: 'bridge', ipv4Address: '172.17.0.9' }] }), taskOf(RUNNING))
    expect(read('one')).toMatchObject({ Networks: [{ IPv4Addresses: ['172.17.0.9'] }] })
  })

  it('is taken over from an agent that was killed, and those of nobody are removed', () => {
    const first = filesOf()
    first.files.begin(anAgent().source)
    first.files.prepare(taskOf(CREATED), CREATED)
    mkdirSync(path.join(directory(), 'of-nobody'))
    const next = filesOf({ isEnabled: false })
    const { source, change } = anAgent([taskOf(RUNNING)], {
      ...FACTS,
      availabilityZone: 'z',
      host: { ipv4: 'h', ipv6: 'i' },
    })
    next.files.begin(source)
    expect(read('one')).toEqual({
      ...COMPLETE,
      AvailabilityZone: 'z',
      HostPrivateIPv4Address: 'h',
      HostIPv6Address: 'i',
    })
    expect(readdirSync(directory())).toEqual(['one'])
    change(undefined, taskOf(RUNNING))
    expect(readdirSync(directory())).toEqual([])
  })

  it('is not there where it is not wanted, nor for containers that were made without', () => {
    const { files } = filesOf({ isEnabled: false })
    const { source, change } = anAgent()
    files.begin(source)
    expect(files.prepare(taskOf(CREATED), CREATED)).toBeUndefined()
    change(taskOf(RUNNING), taskOf(CREATED))
    expect(existsSync(directory())).toBe(false)
  })

  it('is labelled where SELinux keeps containers from files', () => {
    const { files } = filesOf({ isLabelled: true })
    files.begin(anAgent().source)
    expect(files.prepare(taskOf(CREATED), CREATED)?.bind).toMatch(/:ro,Z$/)
  })

  it('that cannot be written keeps no container from starting', () => {
    writeFileSync(directory(), 'in the way')
    const { files, lines } = filesOf()
    files.begin(anAgent().source)
    expect(files.prepare(taskOf(CREATED), CREATED)).toBeUndefined()
    expect(lines.join('')).toContain('a container metadata file cannot be written')
  })
})
