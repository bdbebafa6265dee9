/**
 * Every limit of the system, named. ECS's own: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
 * and the constraints that the API reference states per member.
 */

/** Bytes of one API request's body. A task definition may have 64 KiB; everything else is smaller. */
export const REQUEST_BODY_BYTES = 1024 * 1024
/** Nesting of objects and arrays in one request. */
export const REQUEST_DEPTH = 64
/** Items of one list in a request, far above what any operation takes. */
export const REQUEST_LIST_ITEMS = 10_000
/** Bytes of a too large body that are read and thrown away, so that its sender gets to see the answer. */
export const REQUEST_DISCARD_BYTES = 128 * 1024 * 1024
/** How long a client may take nothing of an answer that goes on. */
export const STREAM_STALL_MS = 30_000
/** Characters of encoded resources that one codec keeps for the next answer, per generation and shape; it has two generations. */
export const ENCODED_CACHE_CHARACTERS = 16 * 1024 * 1024
/** Derived signing keys that are kept: one per access key, day, region and service. */
export const SIGNING_KEYS = 4096

/** Tasks that one RunTask may start. */
export const RUN_TASK_COUNT = 10
/** Container instances that one StartTask may name. */
export const START_TASK_INSTANCES = 10
/** Results of one page, where the API says 100. */
export const PAGE_SIZE = 100
/** ARNs or names that one Describe call takes. */
export const DESCRIBE_ITEMS = 100

export const TAGS_PER_RESOURCE = 50
export const TAG_KEY_LENGTH = 128
export const TAG_VALUE_LENGTH = 256

export const CAPACITY_PROVIDERS_PER_STRATEGY = 20
/** Highest values of a strategy item. */
export const STRATEGY_WEIGHT = 1000
export const STRATEGY_BASE = 100_000
/** Capacity providers of one cluster. Source: ECS service quotas. */
export const CAPACITY_PROVIDERS_PER_CLUSTER = 20
/** Results of one page of DescribeCapacityProviders. */
export const CAPACITY_PROVIDERS_PAGE_SIZE = 10
/** Tasks of one cluster that wait in PROVISIONING for capacity. Source: ECS service quotas. */
export const PROVISIONING_TASKS_PER_CLUSTER = 500
/** Tasks that one transaction takes from those that wait. */
export const WAITING_TASKS_PER_TRANSACTION = 100
/** How long a task waits for capacity. AWS: "between 10 and 30 minutes" (Deep Dive on Amazon ECS Cluster Auto Scaling). */
export const PROVISIONING_WAIT_MS = 30 * 60_000
/** How long a deleted capacity provider can be described. AWS: it is INACTIVE then, for a time it does not state. */
export const INACTIVE_CAPACITY_PROVIDER_RETENTION_MS = 3_600_000
/** Characters of a Cloud Map namespace's name. */
export const NAMESPACE_LENGTH = 1024
/** Results of one page of ListAccountSettings. */
export const ACCOUNT_SETTINGS_PAGE_SIZE = 10

export const CONTAINERS_PER_TASK_DEFINITION = 10
export const TASK_DEFINITION_BYTES = 64 * 1024
/** Task definitions that one DeleteTaskDefinitions may name. */
export const DELETE_TASK_DEFINITIONS = 10
export const PORT_RANGES_PER_CONTAINER = 100
/** What the log drivers of a task's containers without memory of their own may buffer for its log router together stays below it. */
export const LOG_DRIVER_BUFFER_BYTES = 536_870_912
export const IGNORED_EXIT_CODES = 50
/** Services that one DescribeServices may name. */
export const DESCRIBE_SERVICES = 10
/** Results of one page of ListServices and ListServicesByNamespace for which the request names no size. */
export const SERVICES_PAGE_SIZE = 10
/** Characters of CreateService's client token. */
export const SERVICE_CLIENT_TOKEN_LENGTH = 36
/** Events of a service that are kept and described. Source: Service, "A maximum of 100 of the latest events are displayed". */
export const SERVICE_EVENTS = 100
/** What an event would only say again is left out that long. Source: "Service event messages" in the developer guide. */
export const SERVICE_EVENT_REPEAT_MS = 6 * 3_600_000
/** Tasks that one event lists. */
export const TASKS_PER_SERVICE_EVENT = 25
/** Tasks of one service that one transaction starts, and that it stops: requests come between. */
export const SERVICE_STARTS_PER_TRANSACTION = 100
export const SERVICE_STOPS_PER_TRANSACTION = 500
/** How long a task without a health check is RUNNING before it counts as healthy. Source: DeploymentConfiguration. */
export const SERVICE_SETTLING_MS = 40_000
/** How long an agent may be silent before the tasks of services on its instance are replaced. */
export const INSTANCE_LOSS_GRACE_MS = 60_000
/** The most that either can be set to. */
export const LONGEST_PATIENCE_SECONDS = 86_400
/** Desired tasks of one service. Source: ECS service quotas. */
export const TASKS_PER_SERVICE = 5000
/** Lengths of a deployment's waits. Source: CanaryConfiguration, LinearConfiguration. */
export const BAKE_TIME_MINUTES = 1440
/** Longest wait of a lifecycle hook. Source: DeploymentLifecycleHookTimeoutConfiguration. */
export const HOOK_TIMEOUT_MINUTES = 14 * 1440
/** Service deployments, or revisions, that one Describe call takes. */
export const DESCRIBE_SERVICE_DEPLOYMENTS = 20
/** Results of one page of ListServiceDeployments for which the request names no size. */
export const SERVICE_DEPLOYMENTS_PAGE_SIZE = 20
/** Task sets of one service. Source: ECS service quotas. */
export const TASK_SETS_PER_SERVICE = 5
/** Targets that a plan remembers of those that keep tasks from counting as healthy. */
export const AWAITED_TARGETS_REMEMBERED = 20
/** Target groups of one service or task set. Source: "Registering multiple target groups" in the ECS developer guide. */
export const LOAD_BALANCERS_PER_SERVICE = 5
/** Characters of CreateTaskSet's client token. */
export const TASK_SET_CLIENT_TOKEN_LENGTH = 36
/** Tasks whose protection one UpdateTaskProtection changes. */
export const PROTECTED_TASKS = 10
/** How long a task is protected: unless the request says so, and at most. Source: UpdateTaskProtection. */
export const DEFAULT_PROTECTION_MINUTES = 120
export const PROTECTION_MINUTES = 2880
export const RUN_TASK_OVERRIDES_BYTES = 8192
/** Characters of `startedBy` in RunTask, and in StartTask. */
export const STARTED_BY_LENGTH = 128
export const START_TASK_STARTED_BY_LENGTH = 36
/** Constraints of one task, those of its definition included, and strategies of one request. */
export const PLACEMENT_CONSTRAINTS = 10
export const PLACEMENT_STRATEGIES = 5
/** Environment files of one container. Source: ContainerDefinition. */
export const ENVIRONMENT_FILES = 10
/** Subnets and security groups of one network configuration. */
export const SUBNETS = 16
export const SECURITY_GROUPS = 5
export const CLIENT_TOKEN_LENGTH = 64
export const GROUP_LENGTH = 255
/** Rows that one page of ListTasks looks at; what does not match a filter counts too. */
export const LIST_TASKS_ROWS = 10_000
/** Rows that one transaction of a clean-up removes. */
export const CLEAN_UP_ROWS = 1000
export const CUSTOM_ATTRIBUTES_PER_INSTANCE = 10
/** Attributes that one PutAttributes or DeleteAttributes takes. */
export const ATTRIBUTES_PER_CALL = 10
/** Characters of an attribute's name, and of its value. */
export const ATTRIBUTE_LENGTH = 128
/** Container instances whose state one UpdateContainerInstancesState changes. */
export const UPDATED_INSTANCES = 10

/** How long a stopped task stays visible. Source: DescribeTasks, "Stopped tasks are removed from the results after at least one hour". */
export const STOPPED_TASK_RETENTION_MS = 3_600_000
/** How long the credentials of a task's role are good. Source: task IAM role guide, "credentials expire after 6 hours". */
export const TASK_CREDENTIALS_LIFE_MS = 6 * 3_600_000
/** How long a deregistered container instance stays visible. AWS: "for a period of time", which it does not state. */
export const INACTIVE_INSTANCE_RETENTION_MS = 24 * 3_600_000
/** How long a service deployment stays visible. Source: "Viewing Amazon ECS service deployments", the most recent 90 days. */
export const SERVICE_DEPLOYMENT_RETENTION_MS = 90 * 24 * 3_600_000
/** How long a deleted service stays visible. AWS: INACTIVE services "may be cleaned up"; it does not say when. */
export const INACTIVE_SERVICE_RETENTION_MS = 24 * 3_600_000
/** How long a client token is remembered. Source: ECS idempotency guide. */
export const CLIENT_TOKEN_RETENTION_MS = 24 * 3_600_000

/** Allowed difference between a signature's time and ours. Source: SigV4 troubleshooting guide. */
export const SIGNATURE_SKEW_MS = 5 * 60_000
/** Longest validity of a presigned request. Source: SigV4 query string authentication. */
export const PRESIGNED_VALIDITY_SECONDS = 7 * 24 * 3600

/** How often a new key begins to seal session tokens. */
export const SESSION_KEY_ROTATION_MS = 24 * 3_600_000
/** Longest session. Source: GetSessionToken, GetFederationToken. */
export const LONGEST_SESSION_MS = 36 * 3_600_000
/** How long a key is kept after its last token has expired: clocks of replicas differ. */
export const SESSION_KEY_SLACK_MS = 3_600_000
/** Session tokens that are kept opened: opening one costs as much as verifying ten signatures. */
export const OPENED_SESSION_TOKENS = 4096
/** STS. Source: "IAM and AWS STS quotas" in the user guide, and the constraints of members in the API reference. */
export const SHORTEST_SESSION_SECONDS = 900
export const DEFAULT_ROLE_SESSION_SECONDS = 3600
/** Longest session of a role by the credentials of another. */
export const CHAINED_SESSION_SECONDS = 3600
/** Sessions of users and federated users: unless the request says so. They last at most `LONGEST_SESSION_MS`. */
export const DEFAULT_USER_SESSION_SECONDS = 43_200
/** Longest session of the root user. */
export const ROOT_SESSION_SECONDS = 3600
export const SESSION_POLICY_ARNS = 10
/** Characters of all session policies together. */
export const SESSION_POLICY_LENGTH = 2048
export const SESSION_TAGS = 50
/**
 * Bytes of policies and tags of one session after compression. AWS: it does not state its own; this leaves room in a token for the longest
 * names.
 */
export const PACKED_SESSION_BYTES = 1920
/** Bytes of a session token. Source: `MinimumSessionTokenSize`. */
export const SESSION_TOKEN_BYTES = 4096
/** Time for an identity provider to answer, bytes of its answer, and how long its keys are believed. */
export const IDENTITY_PROVIDER_TIMEOUT_MS = 5000
export const IDENTITY_PROVIDER_ANSWER_BYTES = 256 * 1024
export const IDENTITY_PROVIDER_KEYS_MS = 10 * 60_000
/** How long keys are believed to be all there are: a token of an unknown key does not make us ask more often. */
export const IDENTITY_PROVIDER_COOLDOWN_MS = 30_000
/** Identity providers whose keys are kept. */
export const IDENTITY_PROVIDERS_KEPT = 1000
/** How far a provider's clock may be ahead of ours. */
export const IDENTITY_TOKEN_SKEW_SECONDS = 300

/** How often the last uses of access keys and roles are written. AWS: they are known within minutes to hours. */
export const LAST_USED_INTERVAL_MS = 5 * 60_000
/** Access keys and roles whose use is remembered until it is written. */
export const LAST_USES_KEPT = 100_000

export const REASON_LENGTH = 1024

/** Bytes of one ACS frame from an agent; the largest are lists of tasks to verify. */
export const ACS_MESSAGE_BYTES = 1024 * 1024
/** Bytes of one TCS frame: the agent sends at most 1 MiB of telemetry at once, after a block of signed headers. */
export const TCS_MESSAGE_BYTES = 1024 * 1024 + 64 * 1024
/** Bytes of one frame that our agent takes from the control plane. */
export const SERVER_MESSAGE_BYTES = 16 * 1024 * 1024
/** Bytes waiting in an agent's socket beyond which nothing more is written until they have left. */
export const SOCKET_BUFFER_BYTES = 1024 * 1024
/** New agent connections per second, and how many may be let in at once after a quiet time. */
export const AGENT_ACCEPTS_PER_SECOND = 2000
export const AGENT_ACCEPTS_BURST = 500
/** Agent connections that wait to be let in; more are told to come back later. */
export const AGENT_ACCEPTS_WAITING = 20_000
/** Tasks in one payload message. */
export const PAYLOAD_TASKS = 25
/** Tasks whose last metrics are kept in memory. */
export const TASK_METRICS_KEPT = 10_000

/** Characters of a cluster query. Source: PlacementConstraint, "The expression can have a maximum length of 2000 characters". */
export const EXPRESSION_LENGTH = 2000
/** Steps of one regular expression of a cluster query, its repetitions multiplied out. */
export const PATTERN_STATES = 1000
/** Cluster queries kept compiled. */
export const COMPILED_EXPRESSIONS = 1000
/** Failures that one answer lists when a task fits nowhere. */
export const PLACEMENT_FAILURES = 100
/** Sets of instances that placement keeps in order, per cluster: one per combination of constraints and spread attributes in use. */
export const CAPACITY_VIEWS_PER_CLUSTER = 1000
/** Instances in all these sets together, counting those that a set does not admit; eight bytes each. */
export const CAPACITY_VIEW_SLOTS_PER_CLUSTER = 16_000_000
/** Task groups whose spread is kept, per set of instances. */
export const GROUPS_SPREAD_PER_VIEW = 2000
/** Attribute requirements of task definitions that are counted, per cluster. */
export const COUNTED_REQUIREMENTS = 1000
/** Services whose last plan the scheduler keeps in memory to explain. */
export const SERVICE_PLANS_REMEMBERED = 10_000

/** IAM. Source: "IAM and AWS STS quotas" in the user guide, and the constraints of members in the API reference. */
export const USERS_PER_ACCOUNT = 5000
export const GROUPS_PER_ACCOUNT = 300
export const ROLES_PER_ACCOUNT = 1000
export const INSTANCE_PROFILES_PER_ACCOUNT = 1000
export const OIDC_PROVIDERS_PER_ACCOUNT = 100
export const GROUPS_PER_USER = 10
export const ACCESS_KEYS_PER_USER = 2
export const ROLES_PER_INSTANCE_PROFILE = 1
export const CLIENT_IDS_PER_OIDC_PROVIDER = 100
export const THUMBPRINTS_PER_OIDC_PROVIDER = 5
export const POLICIES_PER_ACCOUNT = 1500
export const VERSIONS_PER_POLICY = 5
/** Managed policies attached to one user, group or role. */
export const ATTACHED_POLICIES = 10
/** Characters of a managed policy, white space not counted. */
export const MANAGED_POLICY_LENGTH = 6144
/** Characters of all inline policies of one entity together, white space not counted. */
export const USER_POLICIES_LENGTH = 2048
export const GROUP_POLICIES_LENGTH = 5120
export const ROLE_POLICIES_LENGTH = 10_240
export const POLICY_DESCRIPTION_LENGTH = 1000
/** Resources of one simulation, and decisions of one page of its results, of which there is one for each action and resource. */
export const SIMULATED_RESOURCES = 1000
export const SIMULATED_DECISIONS_PER_PAGE = 10_000
/** Statements that the decisions of one page look at, each of which may stand in the answer. */
export const SIMULATED_STATEMENTS_PER_PAGE = 100_000
/** Characters of a trust policy, white space not counted. */
export const TRUST_POLICY_LENGTH = 2048
/** Characters of any policy in a request, white space included. */
export const POLICY_DOCUMENT_LENGTH = 131_072
/** Nesting of objects and lists in a policy: its grammar needs five. */
export const POLICY_JSON_DEPTH = 16
/** Actions for which a prepared policy keeps what it says of them. */
export const KNOWN_ACTIONS_PER_POLICY = 512
export const IAM_USER_NAME_LENGTH = 64
export const IAM_ROLE_NAME_LENGTH = 64
export const IAM_NAME_LENGTH = 128
export const IAM_PATH_LENGTH = 512
export const ROLE_DESCRIPTION_LENGTH = 1000
/** How long a session of a role may last, at the least and at the most that a role can be set to. */
export const ROLE_SESSION_SECONDS = { min: 3600, max: 43_200 } as const
/** Results of one page of IAM's lists: unless the request says so, and at most. */
export const IAM_PAGE_SIZE = 100
export const LARGEST_IAM_PAGE = 1000

/** Parameter Store. Source: "AWS Systems Manager endpoints and quotas", and PutParameter and LabelParameterVersion in the API reference. */
export const PARAMETERS_PER_TIER = { Standard: 10_000, Advanced: 100_000 } as const
/** Bytes of a parameter's value, by tier. */
export const PARAMETER_VALUE_BYTES = { Standard: 4096, Advanced: 8192 } as const
export const PARAMETER_VERSIONS = 100
export const LABELS_PER_PARAMETER_VERSION = 10
export const PARAMETER_LABEL_LENGTH = 100
export const PARAMETER_POLICIES = 10
/** Characters of a parameter's name, its ARN's beginning included. */
export const PARAMETER_NAME_LENGTH = 1011
export const PARAMETER_DESCRIPTION_LENGTH = 1024
export const PARAMETER_PATTERN_LENGTH = 1024
/** Levels of a name, e.g. three in `/a/b/c`. */
export const PARAMETER_HIERARCHY_DEPTH = 15
/** Parameters that one GetParameters or DeleteParameters names. */
export const PARAMETERS_PER_CALL = 10
/** Results of one page: unless the request says so, and at most. */
export const PARAMETERS_BY_PATH_PAGE = { usual: 10, max: 10 } as const
export const DESCRIBE_PARAMETERS_PAGE = { usual: 10, max: 50 } as const
export const PARAMETER_HISTORY_PAGE = { usual: 50, max: 50 } as const
/** Rows that one page of parameters looks at; what does not match a filter counts too. */
export const PARAMETER_PAGE_ROWS = 10_000
/** Values of one filter, and their characters. */
export const PARAMETER_FILTER_VALUES = 50
export const PARAMETER_FILTER_VALUE_LENGTH = 1024

export const DAY_MS = 24 * 3_600_000
/** Days between automatic rotations of a KMS key: unless the request says so, at least, and at most. Source: EnableKeyRotation. */
export const KMS_ROTATION_PERIOD_DAYS = 365
export const KMS_ROTATION_PERIOD = { min: 90, max: 2560 } as const
/** On-demand rotations of one KMS key. Source: RotateKeyOnDemand. */
export const KMS_ON_DEMAND_ROTATIONS = 25
/** Days until a KMS key is deleted: unless the request says so, at least, and at most. Source: ScheduleKeyDeletion. */
export const KMS_DELETION_WINDOW_DAYS = 30
export const KMS_DELETION_WINDOW = { min: 7, max: 30 } as const
/** Bytes that Encrypt takes, and that Decrypt takes. */
export const KMS_PLAINTEXT = { min: 1, max: 4096 } as const
export const KMS_CIPHERTEXT = { min: 1, max: 6144 } as const
/** Bytes of a data key, and of GenerateRandom. */
export const KMS_RANDOM_BYTES = { min: 1, max: 1024 } as const
/** Characters of keys and values of an encryption context together. Source: KMS developer guide, "Encryption context". */
export const KMS_ENCRYPTION_CONTEXT_LENGTH = 8192
export const KMS_DESCRIPTION_LENGTH = 8192
export const KMS_POLICY = { min: 1, max: 32_768 } as const
export const KMS_ALIAS_LENGTH = 256
/** Source: KMS resource quotas. */
export const KMS_ALIASES_PER_KEY = 50
/** Source: KMS resource quotas. */
export const KMS_GRANTS_PER_KEY = 50_000
/** Results of one page of KMS's lists, unless the request says so, and at most. */
export const KMS_PAGE_SIZE = 100
export const KMS_LARGEST_PAGE = 1000
/** Likewise, of aliases and grants. */
export const KMS_SMALL_PAGE_SIZE = 50
export const KMS_LARGEST_SMALL_PAGE = 100

/** Policies that come as texts, of sessions and of resources, and are kept ready for the next decision. */
export const PREPARED_POLICY_TEXTS = 1000

/** Characters of a secret's name, and of what names a secret. Source: CreateSecret, GetSecretValue. */
export const SECRET_NAME = { min: 1, max: 512 } as const
export const SECRET_ID = { min: 1, max: 2048 } as const
/** Bytes of a secret's value. */
export const SECRET_VALUE = { min: 1, max: 65_536 } as const
export const SECRET_DESCRIPTION_LENGTH = 2048
export const SECRET_POLICY = { min: 1, max: 20_480 } as const
export const SECRET_CLIENT_TOKEN = { min: 32, max: 64 } as const
/** Staging labels of one version, and characters of one. Source: Secrets Manager quotas. */
export const SECRET_STAGES = { min: 1, max: 20 } as const
export const SECRET_STAGE = { min: 1, max: 256 } as const
/** Versions of one secret, and how old one without staging labels must be to be dropped for a new one. Source: Secrets Manager quotas. */
export const SECRET_VERSIONS = 100
export const DEPRECATED_SECRET_VERSION_MS = 24 * 3_600_000
/** Days until a secret is deleted: unless the request says so, at least, and at most. Source: DeleteSecret. */
export const SECRET_RECOVERY_WINDOW_DAYS = 30
export const SECRET_RECOVERY_WINDOW = { min: 7, max: 30 } as const
/** Results of one page of Secrets Manager's lists, and of BatchGetSecretValue. */
export const SECRETS_PAGE = { min: 1, max: 100 } as const
export const SECRET_BATCH = { min: 1, max: 20 } as const
/** Filters of one request, values of one filter, and characters of a value. */
export const SECRET_FILTERS = 10
export const SECRET_FILTER_VALUES = { min: 1, max: 10 } as const
export const SECRET_FILTER_VALUE_LENGTH = 512
/** Characters of a random password: unless the request says so, at least, and at most. */
export const RANDOM_PASSWORD_LENGTH = 32
export const RANDOM_PASSWORD = { min: 1, max: 4096 } as const

/** Hours that an activation is good for unless the request says so, and days at most. Source: CreateActivation. */
export const ACTIVATION_HOURS = 24
export const ACTIVATION_DAYS = 30
export const ACTIVATION_REGISTRATIONS = 1000
export const ACTIVATION_DESCRIPTION_LENGTH = 256
/** Of a machine's RSA key. */
export const ACTIVATION_KEY_BITS = { least: 2048, most: 4096 } as const
/** How long the credentials are good for that a managed instance gets of its role. */
export const MANAGED_INSTANCE_TOKEN_MS = 3_600_000
/** Results of one page of Systems Manager's lists of activations and instances. */
export const SSM_LIST_PAGE = { usual: 50, max: 50 } as const

/** Characters of a filter pattern, and regular expressions in one of JSON or fields. Source: PutMetricFilter, Filter pattern syntax. */
export const FILTER_PATTERN_LENGTH = 1024
export const FILTER_PATTERN_EXPRESSIONS = 2

/** Rows of a query's results. Source: StartQuery. */
export const INSIGHTS_RESULTS = 10_000
/** Fields that a query finds in one event of JSON. Source: CloudWatch Logs Insights, supported logs and discovered fields. */
export const INSIGHTS_DISCOVERED_FIELDS = 200
/** Characters of a query. Source: StartQuery. */
export const INSIGHTS_QUERY_LENGTH = 10_000
/** Groups that one `stats` may hold in memory at a time. */
export const INSIGHTS_GROUPS = 100_000
/** Rows that `unnest` may make of one event. */
export const INSIGHTS_ROWS_PER_EVENT = 100_000
/** What a text may grow to by a function. */
export const INSIGHTS_TEXT_LENGTH = 1024 * 1024
/** Characters of events, and of what was made of them, that one `limit`, `dedup` or `stats` may hold in memory at a time. */
export const INSIGHTS_HELD_LENGTH = 32 * 1024 * 1024
