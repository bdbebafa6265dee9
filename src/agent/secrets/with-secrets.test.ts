import { expect, it } from 'vitest'
import { withSecrets } from './with-secrets.ts'

const body = {
  Image: 'i',
  Labels: {},
  Env: ['A=1', 'B=2'],
  HostConfig: { Memory: 4, LogConfig: { Type: 'splunk', Config: { url: 'u', token: 'plain' } } },
}

it('puts secrets into the environment and the options of the log driver, over what has their names', () => {
  expect(withSecrets(body, { environment: { B: 'x=y', C: '' }, logOptions: { token: 't' } })).toEqual({
    ...body,
    Env: ['A=1', 'B=x=y', 'C='],
    HostConfig: { Memory: 4, LogConfig: { Type: 'splunk', Config: { url: 'u', token: 't' } } },
  })
})

it('leaves a container without secrets as it is', () => {
  expect(withSecrets(body, { environment: {}, logOptions: {} })).toEqual(body)
})
