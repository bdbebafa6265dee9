import { expect, it } from 'vitest'
import { aContainerInstance } from '../../../../test/builders/a-container-instance.ts'
import { ecsHarness } from '../../../../test/ecs-context.ts'
import { createCluster } from './create-cluster.ts'
import { updateContainerAgent } from './update-container-agent.ts'

it.each([
  ['no update is known for', { agentVersion: '1.105.1' }, 'NoUpdateAvailableException'],
  ['the version is not known of', {}, 'MissingVersionException'],
])('UpdateContainerAgent refuses an agent that %s', async (_what, versionInfo, code) => {
  const ecs = await ecsHarness()
  await ecs.call(createCluster, {})
  const instance = aContainerInstance({ versionInfo })
  await ecs.store.transact((tx) => tx.containerInstances.insert(instance))
  await expect(
    ecs.call(updateContainerAgent, { containerInstance: instance.containerInstanceId }),
  ).rejects.toMatchObject({ code })
})
