# The image of the worker: its bundle, which holds all that it needs. terraform/cloudbuild/worker.yaml builds it.
ARG NODE_IMAGE=node:24-slim
FROM ${NODE_IMAGE}
WORKDIR /worker
COPY index.js index.js.map package.json ./
USER node
CMD ["node", "index.js"]
