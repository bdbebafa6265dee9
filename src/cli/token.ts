/**
 * `longshore token create`: a text with which one machine, or several, joins a cluster. It holds an activation of Systems Manager, made
 * through its API, and where the control plane is.
 */
import { readFileSync } from 'node:fs'
import { CreateActivationCommand, SSMClient } from '@aws-sdk/client-ssm'
import { SystemClock } from '../kit/clock.ts'
import { command, UserError, type Values, wholeNumber } from '../kit/command.ts'
import type { RunningNote } from '../kit/installation.ts'
import { joinTokenText } from '../kit/join-token.ts'
import { dateOf, isoText } from '../kit/timestamps.ts'
import { clientCredentials, dataDirOption, requireNote } from './options.ts'

const options = {
  ...dataDirOption,
  cluster: { type: 'string', valueName: 'NAME', description: 'the cluster to join, if not that of `up`' },
  role: {
    type: 'string',
    valueName: 'NAME',
    description:
      'the role that the machine gets, if not ecsInstanceRole or that of balancers; it must trust ssm.amazonaws.com',
  },
  balancer: { type: 'boolean', description: 'for machines that serve load balancers' },
  expires: { type: 'string', valueName: 'TIME', description: 'how long the token is good, e.g. 30m', default: '1h' },
  machines: { type: 'string', valueName: 'COUNT', description: 'how many machines may join with it', default: '1' },
  endpoint: {
    type: 'string',
    valueName: 'URL',
    description: 'where those machines reach the control plane, if not at its advertised address',
  },
  json: { type: 'boolean', description: 'print JSON for scripts' },
} as const

type TokenValues = Values<typeof options>

const MOST_MACHINES = 1000

export const tokenCommand = command({
  name: 'token',
  summary: 'let machines join: token create',
  operands: 'create',
  details: 'Whoever has the token may join, so keep it as a password until it is used or has expired.',
  options,
  run: async (values, operands) => {
    if (operands.length !== 1 || operands[0] !== 'create')
      throw new UserError("Only tokens can be made, and only so: 'longshore token create'.")
    const note = requireNote(values['data-dir'])
    const expiresAt = new SystemClock().now() + durationMs(values.expires)
    const activation = await activate(values, note, expiresAt)
    const endpoint = values.endpoint ?? note.agentEndpoint ?? note.endpoint
    const token = joinTokenText({
      endpoint,
      region: note.region,
      cluster: values.cluster ?? note.cluster,
      ...activation,
      ...(note.authorityFile !== undefined && { authority: readFileSync(note.authorityFile, 'utf8') }),
    })
    if (LOOPBACK.test(endpoint)) process.stderr.write(hintAt(endpoint))
    process.stdout.write(
      values.json ? `${JSON.stringify({ token, expiresAt: isoText(expiresAt) })}\n` : page(token, values),
    )
    return 0
  },
})

const activate = async (
  values: TokenValues,
  note: RunningNote,
  expiresAt: number,
): Promise<{ activationId: string; activationCode: string }> => {
  const credentials = clientCredentials(values['data-dir'], note)
  const client = new SSMClient({ endpoint: note.endpoint, region: note.region, credentials })
  try {
    const { ActivationId: activationId = '', ActivationCode: activationCode = '' } = await client.send(
      new CreateActivationCommand({
        IamRole: values.role ?? (values.balancer ? 'longshoreBalancerRole' : 'ecsInstanceRole'),
        RegistrationLimit: wholeNumber('machines', values.machines, 1, MOST_MACHINES),
        ExpirationDate: dateOf(expiresAt),
      }),
    )
    return { activationId, activationCode }
  } catch (error) {
    throw new UserError((error as Error).message, { cause: error })
  } finally {
    client.destroy()
  }
}

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

const durationMs = (text: string): number => {
  const [, count, unit = ''] = /^(\d{1,4})([mhd])$/.exec(text) ?? []
  if (count === undefined) throw new UserError(`--expires is "${text}"; it must look like 30m, 12h or 7d.`)
  return Number(count) * (UNIT_MS[unit] ?? 0)
}

const LOOPBACK = /^https?:\/\/(127\.|localhost\b|\[::1\])/

const hintAt = (endpoint: string): string =>
  `longshore: ${endpoint} is reached from this machine alone. For others, start with --host and --tls, or say --endpoint.\n`

const page = (token: string, { expires, machines, balancer }: TokenValues): string =>
  `Run this on ${machines === '1' ? 'the machine that is' : `each of the ${machines} machines that are`} to join, within ${expires}:\n\n  longshore ${balancer ? 'balancer' : 'agent'} --join ${token}\n`
