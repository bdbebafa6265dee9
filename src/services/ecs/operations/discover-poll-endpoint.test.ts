import { expect, it } from 'vitest'
import { ecsHarness } from '../../../../test/ecs-context.ts'
import { discoverPollEndpoint } from './discover-poll-endpoint.ts'

it('DiscoverPollEndpoint tells any agent where to connect', async () => {
  const ecs = await ecsHarness()
  expect(await ecs.call(discoverPollEndpoint, { cluster: 'gone', containerInstance: 'gone' })).toEqual({
    endpoint: 'http://127.0.0.1:4566/acs/',
    telemetryEndpoint: 'http://127.0.0.1:4566/tcs/',
  })
})
