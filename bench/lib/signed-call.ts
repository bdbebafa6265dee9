/** Whole HTTP/1.1 requests of the ECS API, signed, ready to be sent by `http-load.ts`. */
import type { Clock } from '../../src/kit/clock.ts'
import { type SigningCredentials, signRequest } from '../../src/model/signature-v4.ts'

export interface CallTarget {
  readonly port: number
  readonly credentials: SigningCredentials
  readonly clock: Clock
}

export const signedCall = ({ port, credentials, clock }: CallTarget, operation: string, input: object): Buffer => {
  const body = JSON.stringify(input)
  const headers = signRequest({
    method: 'POST',
    url: new URL(`http://127.0.0.1:${port}/`),
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
    },
    body,
    region: 'us-east-1',
    service: 'ecs',
    credentials,
    now: clock.now(),
  })
  const lines = Object.entries({ ...headers, 'content-length': body.length }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  return Buffer.from(`POST / HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
}
