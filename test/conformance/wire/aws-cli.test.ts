/** The AWS CLI, as Debian packages it, against the wire. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { Fault } from '../../../src/wire/fault.ts'
import { ACCOUNT, CREDENTIALS, REGION, type ToyServer, toyServer } from './toy-server.ts'

const AWS = '/usr/bin/aws'

let server: ToyServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

interface Outcome {
  readonly code: number
  readonly output: unknown
  readonly error: string
}

const aws = async (endpoint: string, ...args: string[]): Promise<Outcome> => {
  const env = {
    PATH: '/usr/bin:/bin',
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_DEFAULT_REGION: REGION,
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  }
  try {
    const { stdout } = await promisify(execFile)(AWS, ['--endpoint-url', endpoint, '--output', 'json', ...args], {
      env,
    })
    return { code: 0, output: stdout === '' ? undefined : JSON.parse(stdout), error: '' }
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string }
    return { code, output: undefined, error: stderr.trim() }
  }
}

describe('the AWS CLI', () => {
  it('calls a JSON service, and shows what it is answered', async () => {
    const at = new Date('2026-01-01T00:00:00.123Z')
    server = await toyServer({
      ecs: {
        DescribeTasks: ({ tasks }: { tasks: string[] }) => ({
          tasks: tasks.map((taskArn) => ({ taskArn, createdAt: at })),
          failures: [],
        }),
      },
    })
    const { output, error } = await aws(server.endpoint, 'ecs', 'describe-tasks', '--tasks', 'one', 'twö')
    expect(error).toBe('')
    expect(output).toMatchObject({ tasks: [{ taskArn: 'one' }, { taskArn: 'twö' }], failures: [] })
  })

  it('calls a Query service', async () => {
    server = await toyServer({
      sts: {
        GetCallerIdentity: (_input, { principal }) => ({
          UserId: principal.userId,
          Account: principal.account,
          Arn: principal.arn,
        }),
      },
    })
    expect((await aws(server.endpoint, 'sts', 'get-caller-identity')).output).toEqual({
      UserId: 'AIDAEXAMPLE',
      Account: ACCOUNT,
      Arn: `arn:aws:iam::${ACCOUNT}:user/ada`,
    })
  })

  it('shows faults with their codes and messages', async () => {
    server = await toyServer({
      ecs: {
        ListTasks: () => {
          throw new Fault({ code: 'ClusterNotFoundException', message: 'Cluster not found.' })
        },
      },
    })
    const { code, error } = await aws(server.endpoint, 'ecs', 'list-tasks')
    expect([code, error]).toEqual([
      254,
      'An error occurred (ClusterNotFoundException) when calling the ListTasks operation: Cluster not found.',
    ])
    const missing = await aws(server.endpoint, 'ecs', 'list-services')
    expect(missing.error).toContain(
      '(NotImplemented) when calling the ListServices operation: ecs:ListServices is not implemented',
    )
    const query = await aws(server.endpoint, 'sts', 'get-session-token')
    expect(query.error).toContain('(NotImplemented) when calling the GetSessionToken operation')
  })
})
