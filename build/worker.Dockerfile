# The image of the worker and of the scheduled checks: their bundles, which hold all that they need. The jobs of the checks have
# commands of their own (terraform/checks.tf). terraform/cloudbuild/worker.yaml builds the image.
ARG NODE_IMAGE=node:24-slim
FROM ${NODE_IMAGE}
WORKDIR /worker
COPY index.js index.js.map checks.js checks.js.map package.json ./
USER node
CMD ["node", "index.js"]
