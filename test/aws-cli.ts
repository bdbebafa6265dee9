/** Runs the AWS CLI as its users do. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { ServiceServer } from './conformance/service-server.ts'

/** What it prints. Rejects with its complaint. */
export const runAws = async (
  { endpoint, region, credentials }: ServiceServer['client'],
  ...given: readonly string[]
): Promise<string> => {
  const command = ['--endpoint-url', endpoint, '--region', region, ...given]
  const { stdout } = await promisify(execFile)('/usr/bin/aws', command, {
    env: {
      ...process.env,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_PAGER: '',
    },
    maxBuffer: 64 * 1024 * 1024,
  })
  return stdout
}
