/**
 * What runs inside containers of tests, by the Node of the host: an AWS client of a few lines that finds the credentials of its task as every SDK
 * does and signs its calls itself (SigV4). Prints one line of JSON: `{"status", "body"}`, or `{"error"}` if there was no answer.
 *
 *     fetch <path>              asks the task metadata endpoint
 *     call <target> [json]      calls an operation of ECS, e.g. ListClusters
 *     who                       calls GetCallerIdentity of STS
 */
import { createHash, createHmac } from 'node:crypto'
import { request } from 'node:http'

interface Answer {
  readonly status: number
  readonly body: string
}

const METADATA = 'http://169.254.170.2'
const REGION = 'us-east-1'
const TIMEOUT_MS = 3000

const send = (method: string, url: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const call = request(url, { method, headers, timeout: TIMEOUT_MS, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
    })
    call.on('timeout', () => call.destroy(new Error('no answer in time')))
    call.on('error', reject)
    call.end(body)
  })

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
const signedCall = async (service: string, headers: Record<string, string>, body: string): Promise<Answer> => {
  const found = await send('GET', METADATA + (process.env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] ?? ''))
  if (found.status !== 200) return found
  const keys = JSON.parse(found.body) as { AccessKeyId: string; SecretAccessKey: string; Token: string }
  const endpoint = new URL(process.env['LONGSHORE_ENDPOINT'] ?? '')
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const all: Record<string, string> = {
    ...headers,
    host: endpoint.host,
    'x-amz-date': time,
    'x-amz-security-token': keys.Token,
  }
  const names = Object.keys(all).toSorted()
  const canonical = ['POST', '/', '', ...names.map((name) => `${name}:${all[name]}`), '', names.join(';'), sha256(body)]
  const scope = [time.slice(0, 8), REGION, service, 'aws4_request']
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical.join('\n'))].join('\n')
  const key = scope.reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${keys.SecretAccessKey}`)
  const authorization =
    `AWS4-HMAC-SHA256 Credential=${keys.AccessKeyId}/${scope.join('/')}, SignedHeaders=${names.join(';')}, ` +
    `Signature=${hmac(key, text).toString('hex')}`
  return send('POST', endpoint.href, { ...all, authorization }, body)
}

const perform = ([command, first = '', second = '{}']: readonly string[]): Promise<Answer> => {
  if (command === 'fetch') return send('GET', METADATA + first)
  if (command === 'who') {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return signedCall('sts', headers, 'Action=GetCallerIdentity&Version=2011-06-15')
  }
  const target = `AmazonEC2ContainerServiceV20141113.${first}`
  return signedCall('ecs', { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target }, second)
}

try {
  process.stdout.write(JSON.stringify(await perform(process.argv.slice(2))))
} catch (error) {
  process.stdout.write(JSON.stringify({ error: String(error) }))
}
