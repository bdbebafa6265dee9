/**
 * Stands on the PATH in the place of AWS's session-manager-plugin: takes the arguments that the AWS CLI gives it, speaks the plugin's protocol
 * with the test's client of it, and prints what the plugin prints.
 */
import { once } from 'node:events'
import { ResumeSessionCommand, SSMClient } from '@aws-sdk/client-ssm'
import { SessionManagerClient } from '../fakes/session-manager-client.ts'

/** As the AWS CLI writes it. The plugin reads it whatever the case of its letters. */
interface SessionJson {
  readonly sessionId: string
  readonly streamUrl: string
  readonly tokenValue: string
}

const [sessionText, region = '', operation, profile, target = '', endpoint = ''] = process.argv.slice(2)

/** Without arguments it says that it is installed. */
if (sessionText === undefined) process.exit(0)

const { sessionId, streamUrl, tokenValue } = JSON.parse(sessionText) as SessionJson
const client = new SessionManagerClient({
  session: { sessionId, streamUrl, tokenValue },
  resume: async () => {
    const ssm = new SSMClient({ endpoint, region })
    return (await ssm.send(new ResumeSessionCommand({ SessionId: sessionId }))).TokenValue
  },
})
process.stdout.write(
  `Starting session with SessionId: ${sessionId} (${operation} ${region} ${profile || '-'} ${target})\n`,
)
await client.open()
process.stdin.on('data', (data: Buffer) => client.press(data))
await client.until(() => client.farewell !== undefined)
process.stdout.write(`${client.text}\n${client.farewell}\n`)
process.stdout.end()
await once(process.stdout, 'finish').catch(() => {})
process.exit(0)
