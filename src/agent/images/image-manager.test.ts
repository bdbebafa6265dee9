import { describe, expect, it } from 'vitest'
import { ManualClock, settle } from '../../kit/clock.ts'
import { SeededIds } from '../../kit/ids.ts'
import { silentLog } from '../../kit/log.ts'
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import type { ImageOutcome, RegistryLogin } from '../engine/tools.ts'
import { type LocalImage, type RegistryCredentials, RuntimeError } from '../runtime.ts'
import { EcrLoginError } from './ecr-logins.ts'
import { Gate } from './gate.ts'
import { ImageManager, type ImageManagerOptions } from './image-manager.ts'
import { MemoryImageRecords } from './image-records.ts'

const DIGEST = `sha256:${'d'.repeat(64)}`
const NO_SUCH_HOST = new RuntimeError('refused', 'dial tcp: lookup r: no such host')

/** An engine with local images and a registry; `remote` answers digest requests, `failures` are thrown by pulls first. */
class FakeEngine {
  readonly local = new Map<string, LocalImage>()
  readonly calls: string[] = []
  remote: () => string = () => DIGEST
  readonly failures: RuntimeError[] = []

  localImage(reference: string): Promise<LocalImage | undefined> {
    return Promise.resolve(this.local.get(reference))
  }

  async remoteDigest(reference: string, credentials?: RegistryCredentials): Promise<string> {
    this.calls.push(`digest ${reference}${asName(credentials)}`)
    await settle()
    return this.remote()
  }

  async pull(reference: string, credentials?: RegistryCredentials): Promise<void> {
    this.calls.push(`pull ${reference}${asName(credentials)}`)
    await settle()
    const failure = this.failures.shift()
    if (failure !== undefined) throw failure
    this.local.set(reference, { id: 'sha256:new', repoDigests: [reference], environment: ['A=1'] })
  }

  tagImage(source: string, target: string): Promise<void> {
    this.local.set(target, this.local.get(source)!)
    return Promise.resolve()
  }
}

const asName = (credentials: RegistryCredentials | undefined): string =>
  credentials === undefined ? '' : ` as ${credentials.username}`

const aLogin = (username: string, changes: Partial<RegistryLogin> = {}): RegistryLogin => ({
  key: username,
  credentials: () => Promise.resolve({ username, password: 'p' }),
  refused: () => false,
  ...changes,
})

const aManager = (options: Partial<ImageManagerOptions> = {}) => {
  const engine = new FakeEngine()
  const clock = new ManualClock()
  const records = new MemoryImageRecords()
  const manager = new ImageManager({
    runtime: engine,
    behavior: 'default',
    credentials: () => undefined,
    records,
    gate: new Gate(),
    clock,
    ids: new SeededIds(1),
    log: silentLog,
    ...options,
  })
  const digests: string[] = []
  const container = (image: string) => ({ definition: { image } }) as EngineContainer
  const ensure = (image: string, login?: RegistryLogin, launchType = 'EC2'): Promise<ImageOutcome> =>
    manager.ensure(
      { definition: { launchType } } as EngineTask,
      container(image),
      (digest) => digests.push(digest),
      login,
    )
  return { engine, clock, records, manager, digests, ensure, container }
}

const locally = (engine: FakeEngine, reference: string, repoDigests: readonly string[] = []): void => {
  engine.local.set(reference, { id: 'sha256:old', repoDigests })
}

describe('an image', () => {
  it("is asked for with the container's own credentials rather than those that are configured", async () => {
    const { engine, ensure } = aManager({ credentials: () => ({ username: 'host', password: 'p' }) })
    await ensure('r/web:1', aLogin('ada'))
    await ensure('r/api:1')
    expect(engine.calls).toEqual([
      'digest r/web:1 as ada',
      `pull r/web@${DIGEST} as ada`,
      'digest r/api:1 as host',
      `pull r/api@${DIGEST} as host`,
    ])
  })

  it('is fetched for each of those who ask at once with other credentials', async () => {
    const { engine, ensure } = aManager()
    const asked = ['ada', 'ada', 'bob'].map((username) => ensure('r/web:1', aLogin(username)))
    await Promise.all(asked)
    expect(engine.calls.filter((call) => call.startsWith('digest'))).toEqual([
      'digest r/web:1 as ada',
      'digest r/web:1 as bob',
    ])
  })

  it('is pulled by the digest that the registry names, and tagged as asked for', async () => {
    const { engine, ensure, digests, records, manager, container } = aManager()
    expect(await ensure('r/web:1')).toEqual({ status: 'ready', imageId: 'sha256:new', digest: DIGEST })
    expect(engine.calls).toEqual(['digest r/web:1', `pull r/web@${DIGEST}`])
    expect(digests).toEqual([DIGEST])
    expect(records.get('r/web:1')).toMatchObject({ imageId: 'sha256:new' })
    expect(manager.environmentOf(container('r/web:1'))).toEqual(['A=1'])
  })

  it('is not pulled again if it is here under that digest', async () => {
    const { engine, ensure } = aManager({ behavior: 'always' })
    locally(engine, 'r/web:1', [`r/web@${DIGEST}`])
    expect(await ensure('r/web:1')).toMatchObject({ status: 'ready', imageId: 'sha256:old', digest: DIGEST })
    expect(engine.calls).toEqual(['digest r/web:1'])
  })

  it('with a digest in its reference needs no registry once it is here', async () => {
    const { engine, ensure, digests } = aManager()
    await ensure(`r/web@${DIGEST}`)
    await ensure(`r/web@${DIGEST}`)
    expect(engine.calls).toEqual([`pull r/web@${DIGEST}`])
    expect(digests).toEqual([DIGEST])
  })

  it('that several tasks want at once is fetched once', async () => {
    const { engine, ensure, digests } = aManager()
    await Promise.all([ensure('web'), ensure('web'), ensure('web')])
    expect(engine.calls).toEqual(['digest web', `pull web@${DIGEST}`])
    expect(digests).toEqual([DIGEST, DIGEST, DIGEST])
  })
})

describe('an image of this installation’s own registry', () => {
  const place = { registryId: '000000000000', region: 'us-east-1', useExecutionRole: false }
  const ours = aLogin('AWS', { place })
  const options = { ownRegistry: { repositoryFor: () => Promise.resolve('127.0.0.1:9/web') } }
  const pinned = `127.0.0.1:9/web@${DIGEST}`

  it('is pulled from where it is reached, and gets the name that the task definition has', async () => {
    const { engine, ensure, records } = aManager(options)
    expect(await ensure('aws.example.com/web:1', ours)).toMatchObject({ status: 'ready', digest: DIGEST })
    expect(engine.calls).toEqual(['digest 127.0.0.1:9/web:1 as AWS', `pull ${pinned} as AWS`])
    expect(engine.local.has('aws.example.com/web:1')).toBe(true)
    expect(records.get('aws.example.com/web:1')).toMatchObject({ pulledAs: pinned })
    await ensure('aws.example.com/web:1', ours)
    expect(engine.calls).toHaveLength(3)
  })

  it('with a digest goes by the name that it was pulled under', async () => {
    const { engine, ensure, manager, container } = aManager(options)
    const image = `aws.example.com/web:1@${DIGEST}`
    await ensure(image, ours)
    await ensure(image, ours)
    expect(engine.calls).toEqual([`pull ${pinned} as AWS`])
    expect(manager.nameOf(container(image))).toBe(pinned)
    expect(manager.nameOf(container('other:1'))).toBe('other:1')
  })

  it('that is refused is asked for once more if the password was an old one, and named as the user does', async () => {
    const { engine, ensure } = aManager(options)
    engine.remote = () => {
      throw new RuntimeError('denied', 'denied: 127.0.0.1:9/web is not for you')
    }
    const answers = [true, false]
    const outcome = await ensure(
      'aws.example.com/web:1',
      aLogin('AWS', { place, refused: () => answers.shift() ?? false }),
    )
    expect(engine.calls).toHaveLength(2)
    expect(outcome).toMatchObject({ message: 'Error response from daemon: denied: aws.example.com/web is not for you' })
  })

  it('without a password is not asked for', async () => {
    const { engine, ensure } = aManager(options)
    const denied = new EcrLoginError('denied', 'AccessDeniedException: User: u is not authorized')
    const login = aLogin('AWS', { place, credentials: () => Promise.reject(denied) })
    expect(await ensure('aws.example.com/web:1', login)).toEqual({
      status: 'failed',
      error: 'CannotPullECRContainerError',
      message: 'AccessDeniedException: User: u is not authorized',
    })
    expect(engine.calls).toEqual([])
  })
})

describe('an image that cannot be had', () => {
  it('is reported at once, in ECS’s words', async () => {
    const { engine, ensure } = aManager()
    engine.remote = () => {
      throw new RuntimeError(
        'denied',
        "pull access denied for web, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
      )
    }
    expect(await ensure('web')).toEqual({
      status: 'failed',
      error: 'CannotPullImageManifestError',
      message:
        'The task can’t pull the image. Check whether the image exists. Error response from daemon: pull access denied for web, ' +
        "repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    })
    expect(engine.calls).toHaveLength(1)
  })

  it('is replaced by the local copy, unless the behaviour is always', async () => {
    for (const [behavior, status] of [
      ['default', 'ready'],
      ['prefer-cached', 'ready'],
      ['once', 'ready'],
      ['always', 'failed'],
    ] as const) {
      const { engine, ensure } = aManager({ behavior })
      locally(engine, 'web')
      engine.remote = () => {
        throw NO_SUCH_HOST
      }
      expect(await ensure('web')).toMatchObject({ status })
    }
  })

  it('is tried again where that may help, and given up in the end', async () => {
    const { engine, ensure, clock } = aManager()
    engine.failures.push(...Array.from({ length: 6 }, () => new RuntimeError('refused', 'unexpected EOF')))
    const outcome = ensure('web')
    await clock.advance(60_000)
    for (let turn = 0; turn < 10; turn++) await clock.advance(10_000)
    expect(await outcome).toEqual({
      status: 'failed',
      error: 'CannotPullContainerError',
      message: 'Error response from daemon: unexpected EOF',
    })
    expect(engine.calls.filter((call) => call.startsWith('pull'))).toHaveLength(6)
  })

  it.each([
    ['EC2', 'CannotPullECRContainerError', 'AccessDeniedException: no'],
    [
      'FARGATE',
      'ResourceInitializationError',
      'unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: ' +
        'service call has been retried 1 time(s): AccessDeniedException: no',
    ],
  ])('is told of as ECS does where a role gets no password: %s', async (launchType, error, message) => {
    const { ensure } = aManager()
    const refused = aLogin('role', {
      credentials: () => Promise.reject(new EcrLoginError('denied', 'AccessDeniedException: no')),
    })
    expect(await ensure('r/web:1', refused, launchType)).toEqual({ status: 'failed', error, message })
  })

  it.each([
    [
      'EC2',
      'CannotPullImageManifestError',
      'The task can’t pull the image. Check that the role has the permissions to pull images from the registry. ' +
        'Error response from daemon: denied: User: ada is not authorized to perform: ecr:BatchGetImage on resource: r',
    ],
    [
      'FARGATE',
      'CannotPullContainerError',
      'pull image manifest has been retried 1 time(s): failed to resolve ref r/web:1: ' +
        'denied: User: ada is not authorized to perform: ecr:BatchGetImage on resource: r',
    ],
  ])('is told of as ECS does where a role may not pull: %s', async (launchType, error, message) => {
    const { engine, ensure } = aManager()
    engine.remote = () => {
      throw new RuntimeError(
        'denied',
        'denied: User: ada is not authorized to perform: ecr:BatchGetImage on resource: r',
      )
    }
    expect(await ensure('r/web:1', aLogin('role'), launchType)).toEqual({ status: 'failed', error, message })
  })

  it('says how long was waited', async () => {
    const { engine, ensure } = aManager()
    engine.failures.push(new RuntimeError('timeout', 'Could not transition to pulled; timed out after waiting 2h0m0s'))
    expect(await ensure('web')).toEqual({
      status: 'failed',
      error: 'DockerTimeoutError',
      message: 'Could not transition to pulled; timed out after waiting 2h0m0s',
    })
  })

  it('is no failure of the image while the engine is gone', async () => {
    const { engine, ensure } = aManager()
    engine.failures.push(new RuntimeError('unreachable', 'Cannot connect'))
    await expect(ensure('web')).rejects.toThrow('Cannot connect')
    expect(await ensure('web')).toMatchObject({ status: 'ready' })
  })
})

describe('the pull behaviour', () => {
  it('prefer-cached asks nobody while the image is here', async () => {
    const { engine, ensure } = aManager({ behavior: 'prefer-cached' })
    locally(engine, 'web', [`web@${DIGEST}`])
    expect(await ensure('web')).toMatchObject({ status: 'ready', digest: DIGEST })
    await ensure('other')
    expect(engine.calls).toEqual(['digest other', `pull other@${DIGEST}`])
  })

  const OWN = aLogin('role', { place: { registryId: '1', region: 'r' } as never })

  it('prefer-cached asks the own registry, where a tag may have been moved', async () => {
    const { engine, ensure } = aManager({ behavior: 'prefer-cached' })
    locally(engine, 'r/web:1', [`r/web@sha256:${'a'.repeat(64)}`])
    expect(await ensure('r/web:1', OWN)).toMatchObject({ status: 'ready', imageId: 'sha256:new', digest: DIGEST })
    expect(await ensure('r/web:1', OWN)).toMatchObject({ imageId: 'sha256:new' })
    expect(engine.calls).toEqual(['digest r/web:1 as role', `pull r/web@${DIGEST} as role`, 'digest r/web:1 as role'])
  })

  it('prefer-cached takes what is here where the own registry cannot be asked, or does not have it', async () => {
    for (const failure of [NO_SUCH_HOST, new RuntimeError('denied', 'manifest unknown')]) {
      const { engine, ensure } = aManager({ behavior: 'prefer-cached' })
      locally(engine, 'r/web:1', [`r/web@sha256:${'a'.repeat(64)}`])
      engine.remote = () => {
        throw failure
      }
      expect(await ensure('r/web:1', OWN)).toMatchObject({ status: 'ready', imageId: 'sha256:old' })
    }
  })

  it('prefer-cached takes what was built here and never pushed', async () => {
    const { engine, ensure } = aManager({ behavior: 'prefer-cached' })
    locally(engine, 'r/web:1')
    expect(await ensure('r/web:1', OWN)).toMatchObject({ status: 'ready', imageId: 'sha256:old' })
    expect(engine.calls).toEqual([])
  })

  it('once asks until this agent has pulled the image', async () => {
    const { engine, ensure } = aManager({ behavior: 'once' })
    locally(engine, 'web')
    await ensure('web')
    await ensure('web')
    expect(engine.calls).toEqual(['digest web', `pull web@${DIGEST}`])
  })

  it('default asks every time', async () => {
    const { engine, ensure } = aManager()
    await ensure('web')
    await ensure('web')
    expect(engine.calls).toEqual(['digest web', `pull web@${DIGEST}`, 'digest web'])
  })
})
