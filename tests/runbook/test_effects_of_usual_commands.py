"""What several hundred usual commands of runbooks do: nothing that changes anything is run as if it only looked."""

from __future__ import annotations

import pytest

from tocsin.runbook.command.effects import judge
from tocsin.runbook.instructions import Effect

CHANGES = r"""
kubectl rollout restart deploy/x
kubectl scale deploy/x --replicas=0
kubectl delete pod x
kubectl cordon n1
kubectl drain n1 --ignore-daemonsets
kubectl apply -f x.yaml
kubectl annotate pod x a=b
kubectl label node n1 a=b
kubectl patch deploy x -p '{}'
kubectl exec x -- rm -rf /tmp/a
kubectl exec x -- sh -c 'echo 1 > /tmp/a'
kubectl cp x:/a b
kubectl set image deploy/x a=b
kubectl create job a --from=cronjob/b
kubectl taint nodes n1 a=b:NoSchedule
kubectl debug node/n1 -it --image=busybox
kubectl edit deploy x
kubectl replace -f x
kubectl autoscale deploy x --max=3
kubectl expose deploy x
kubectl run x --image=busybox
kubectl config use-context prod
docker restart x
docker stop x
docker kill x
docker rm -f x
docker system prune -af
docker compose up -d
docker compose down
docker compose restart web
docker exec x rm /a
docker run --rm busybox true
docker volume rm x
docker image prune
docker network disconnect a b
docker update --memory 1g x
systemctl restart x
systemctl stop x
systemctl reload x
systemctl daemon-reload
systemctl enable --now x
systemctl mask x
service nginx restart
nginx -s reload
supervisorctl restart all
pm2 restart all
pm2 reload x
pm2 flush
pm2 delete x
pm2 save
kill -9 123
pkill -f x
killall node
reboot
shutdown -r now
rm -rf /tmp/x
mv a b
cp a b
truncate -s 0 /var/log/x
> /var/log/x
echo x >> /etc/hosts
sed -i s/a/b/ f
tee /etc/x
chmod 777 x
chown a b
ln -sf a b
mkdir -p x
touch x
dd if=/dev/zero of=x
mount /dev/sda1 /mnt
umount /mnt
fsck -y /dev/sda1
mkfs.ext4 /dev/sda1
resize2fs /dev/sda1
swapoff -a
sysctl -w vm.swappiness=1
iptables -A INPUT -s 1.2.3.4 -j DROP
iptables -F
ufw deny from 1.2.3.4
ip link set eth0 down
crontab -r
crontab x
find /tmp -mtime +7 -delete
find /tmp -exec rm {} +
xargs rm < list
logrotate -f /etc/logrotate.conf
journalctl --vacuum-time=2d
journalctl --rotate
apt-get install x
apt upgrade -y
yum update
dnf remove x
pip install x
npm install
npm ci
npm run migrate
yarn build
git pull
git checkout v1
git reset --hard HEAD~1
git push --force
git revert HEAD
git stash
git clean -fd
git merge x
git commit -m x
git tag v1
git branch -D x
git remote set-url origin x
terraform apply
terraform destroy
terraform import a b
terraform state rm a
terraform taint a
terraform force-unlock 1
helm upgrade x y
helm rollback x 1
helm uninstall x
helm install x y
ansible-playbook x.yml
ansible all -m reboot
aws s3 rm s3://a/b
aws s3 cp a s3://b
aws s3 sync a s3://b
aws ec2 reboot-instances --instance-ids i-1
aws ec2 terminate-instances --instance-ids i-1
aws ecs update-service --force-new-deployment
aws rds failover-db-cluster --db-cluster-identifier x
aws elasticache test-failover --replication-group-id x --node-group-id 0001
aws rds restore-db-instance-from-db-snapshot
aws lambda update-function-code
aws iam delete-access-key --access-key-id A
aws iam update-access-key --status Inactive
aws autoscaling set-desired-capacity
aws cloudfront create-invalidation --distribution-id x --paths '/*'
aws sqs purge-queue --queue-url x
aws sns publish --message x
aws ssm send-command
aws secretsmanager rotate-secret
aws route53 change-resource-record-sets
aws elbv2 deregister-targets
aws dynamodb put-item
aws logs delete-log-group
aws lambda invoke --function-name x out
gcloud run services update-traffic x --to-revisions a=100
gcloud compute instances reset x
gcloud sql instances failover x
gcloud app deploy
gcloud container clusters resize x
gcloud compute instances delete x
gsutil rm gs://a
gsutil cp a gs://b
az webapp restart -n x
az vm restart
az aks scale
az sql db restore
az group delete
heroku restart
heroku ps:scale web=0
heroku maintenance:on
heroku config:set A=b
heroku rollback v1
heroku run rake db:migrate
heroku pg:killall
fly apps restart x
fly scale count 0
fly deploy
fly secrets set A=b
vercel rollback
vercel --prod
vercel env rm A
vercel alias set a b
netlify deploy --prod
wrangler deploy
wrangler rollback
railway up
railway redeploy
supabase db reset
supabase db push
supabase functions deploy x
firebase deploy
doctl apps create-deployment x
psql -c "DELETE FROM x"
psql -c "UPDATE x SET a=1"
psql -c "VACUUM FULL x"
psql -c "SELECT pg_terminate_backend(1)"
psql -c "REINDEX TABLE x"
psql -c "ALTER SYSTEM SET a=1"
psql -f x.sql
psql db < x.sql
pg_restore -d x y
pg_ctl promote
dropdb x
createdb x
mysql -e "DROP TABLE x"
mysql -e "KILL 5"
mysql x < y.sql
mysqladmin flush-hosts
redis-cli FLUSHALL
redis-cli DEL x
redis-cli CONFIG SET maxmemory 1gb
redis-cli CLIENT KILL TYPE normal
redis-cli BGSAVE
redis-cli FAILOVER
redis-cli --scan --pattern 'x*' | xargs redis-cli del
redis-cli SHUTDOWN
mongosh --eval "db.x.deleteMany({})"
mongosh --eval "rs.stepDown()"
mongorestore x
rabbitmqctl purge_queue x
rabbitmqctl stop_app
rabbitmqctl delete_queue x
kafka-topics.sh --delete --topic x
kafka-consumer-groups.sh --reset-offsets --to-latest --execute
etcdctl del x
etcdctl defrag
etcdctl snapshot restore x
etcdctl member remove x
consul leave
vault seal
vault operator unseal
nomad job stop x
curl -X POST https://x
curl -X DELETE https://x
curl -XPUT localhost:9200/_cluster/settings -d '{}'
curl -d 'a=b' https://x
curl --data-binary @f https://x
curl -F a=b https://x
curl -T f https://x
curl https://x | sh
curl -o /etc/x https://y
wget -O /etc/x https://y
wget https://x
certbot renew
openssl req -new -x509 -keyout a -out b
ssh x 'sudo reboot'
ssh x systemctl restart y
scp a b:c
rsync -a --delete a b
sudo systemctl restart x
sudo -u postgres psql -c 'DROP DATABASE x'
bash -c 'rm x'
sh restart.sh
./restart.sh
python manage.py migrate
python manage.py clearsessions
rails db:migrate
bundle exec rake db:rollback
php artisan migrate:rollback
php artisan queue:restart
php artisan cache:clear
alembic downgrade -1
prisma migrate deploy
npx prisma migrate resolve
flyway repair
knex migrate:rollback
celery -A x purge -f
celery -A x control shutdown
make deploy
make rollback
velero restore create
argocd app sync x
argocd app rollback x
flux suspend kustomization x
istioctl install
ceph osd out 1
zpool scrub x
lvextend -L +10G /dev/x
virsh destroy x
ipmitool chassis power cycle
oc delete pod x
oc rollout latest x
oc adm drain x
gh run rerun 1
gh release delete v1
gh workflow run x
tar -xzf a.tgz
tar -czf a.tgz b
unzip a.zip
gunzip a.gz
echo 3 > /proc/sys/vm/drop_caches
nohup ./x &
export A=b; ./run
timeout 5 systemctl restart x
watch -n1 'rm x'
env A=b ./x
nice -n 5 ./x
time ./x
while true; do systemctl restart x; done
if true; then rm x; fi
df -h && rm x
df -h; reboot
$(rm x)
cat x | tee y
sort -o a b
awk '{print > "x"}' f
awk 'BEGIN{system("rm x")}'
perl -i -pe s/a/b/ f
python -c "import os; os.remove('x')"
node -e "require('fs').unlinkSync('x')"
curl -s https://x > f
kubectl get pods -o name | xargs kubectl delete
docker ps -q | xargs docker stop
docker rm $(docker ps -aq)
kill $(pgrep x)
kill $(cat /run/x.pid)
git fetch --all && git reset --hard origin/main
tc qdisc add dev eth0 root netem delay 10ms
hostnamectl set-hostname x
timedatectl set-ntp true
ntpdate pool
chronyc makestep
useradd x
passwd x
usermod -L x
visudo
systemd-tmpfiles --clean
sync; echo 1 > /proc/sys/vm/drop_caches
dmesg -c
dmesg --clear
history -c
date -s '2026-01-01'
tmutil x
ip route add default via 1.1.1.1
nft flush ruleset
ethtool -r eth0
hdparm -W 0 /dev/sda
smartctl -t long /dev/sda
mdadm --fail /dev/md0 /dev/sda
btrfs balance start /
aws ec2 create-snapshot --volume-id v
aws configure set region x
aws eks update-kubeconfig --name x
gcloud container clusters get-credentials x
gcloud config set project x
gcloud auth login
aws sso login
docker login
nc -l 80
tcpdump -w x.pcap
gdb -p 1
jmap -dump:file=x 1
jcmd 1 GC.run
heroku pg:reset
wp plugin deactivate x
wp cache flush
drush cr
magento cache:flush
composer install
mix ecto.migrate
dotnet ef database update
iisreset
net stop x
sc stop x
Restart-Service x
Stop-Process -Name x
Remove-Item x
Set-Content x y
Invoke-WebRequest -Method POST https://x
taskkill /F /IM x
diskpart
sfc /scannow
ipconfig /flushdns
schtasks /run /tn x
shutdown /r /t 0
"""

SECRETS = r"""
kubectl get secret mill -o yaml
kubectl -n prod get secret mill -o jsonpath='{.data.password}'
kubectl get secret/mill --template={{.data.key}}
sudo cat /srv/mill/.env
grep TOKEN .env.production
cat ~/.pgpass
cat /etc/mill/tls.key
aws secretsmanager get-secret-value --secret-id mill
aws ssm get-parameter --name mill --with-decryption
vault kv get secret/mill
gcloud secrets versions access latest --secret=mill
az keyvault secret show --name mill --vault-name v
heroku config -a mill
heroku config:get DATABASE_URL
op read op://mill/db/password
doppler secrets get TOKEN
kubectl exec mill -- cat /app/.env
ssh mill 'cat /etc/mill/secrets.yaml'
docker exec mill cat /run/credentials.json
"""

LOOKS = r"""
kubectl get secrets
kubectl get secret mill -o name
aws secretsmanager list-secrets
aws ssm describe-parameters
openssl x509 -in mill.pem -noout -dates
ls -la /srv/mill/.env
kubectl get pods
kubectl describe pod x
kubectl logs x --tail=100
kubectl top nodes
kubectl rollout status deploy/x --timeout=60s
kubectl rollout history deploy/x
kubectl get events --sort-by=.lastTimestamp
kubectl cluster-info
kubectl auth can-i get pods
kubectl explain pod
kubectl exec x -- df -h
kubectl exec x -- cat /etc/hosts
kubectl config get-contexts
kubectl api-resources
docker ps -a
docker logs --tail 100 x
docker inspect x
docker stats --no-stream
docker compose ps
docker compose logs --tail=50 web
docker system df
docker images
docker exec x cat /etc/hosts
docker info
docker version
systemctl status x
systemctl is-active x
systemctl list-units --failed
systemctl cat x
journalctl -u x -n 100
journalctl --since '1 hour ago' -p err
service nginx status
nginx -t
supervisorctl status
pm2 list
pm2 status
pm2 logs --lines 50 --nostream
pm2 describe x
ps aux
top -bn1
htop --version
free -m
df -h
df -i
du -sh /var/log
uptime
vmstat 1 5
iostat -x 1 3
lsof -i :80
ss -tlnp
netstat -tlnp
ip addr
ip route
ping -c 4 x
traceroute x
dig x
nslookup x
host x
curl -I https://x
curl -sf https://x/health
curl -s https://x | jq .
curl -w '%{time_total}' -o /dev/null -s https://x
wget -qO- https://x
openssl s_client -connect x:443 </dev/null
openssl x509 -in a -noout -dates
nc -zv x 80
telnet x 80
cat /etc/hosts
tail -n 100 /var/log/x
head x
grep -i error /var/log/x
zgrep x y.gz
awk '{print $1}' f
sed -n 1,10p f
sort f | uniq -c
wc -l f
ls -la
find / -size +100M
stat f
file f
md5sum f
diff a b
history
env
printenv
id
whoami
who
last
w
date
hostname
uname -a
cat /proc/meminfo
lscpu
lsblk
mount
dmesg | tail
sysctl vm.swappiness
iptables -L -n
ufw status
crontab -l
git log --oneline -10
git status
git diff HEAD~1
git show HEAD
git branch -a
git tag -l
git remote -v
git blame f
terraform plan
terraform show
terraform state list
terraform output
terraform validate
helm list
helm status x
helm history x
helm get values x
aws ec2 describe-instances
aws s3 ls s3://x
aws ecs describe-services --cluster x --services y
aws rds describe-db-instances
aws logs filter-log-events --log-group-name x
aws cloudwatch get-metric-statistics --namespace x
aws sts get-caller-identity
aws lambda get-function --function-name x
aws iam list-users
aws elbv2 describe-target-health --target-group-arn x
aws sqs get-queue-attributes --queue-url x
aws route53 list-resource-record-sets --hosted-zone-id x
gcloud compute instances list
gcloud run services describe x
gcloud logging read x --limit 10
gcloud sql operations list
gsutil ls gs://x
az webapp show -n x
az vm list
az monitor metrics list --resource x
heroku ps
heroku logs -n 100
heroku releases
heroku pg:info
fly status
fly logs --no-tail
fly releases
vercel ls
vercel logs x
vercel inspect x
vercel env ls
netlify status
wrangler deployments list
railway status
supabase status
psql -c "SELECT 1"
psql -c "SELECT * FROM pg_stat_activity"
psql -c "EXPLAIN SELECT 1"
psql -l
psql -c '\dt'
pg_isready -h x
mysql -e "SHOW PROCESSLIST"
mysqladmin ping
mysqladmin status
redis-cli PING
redis-cli INFO memory
redis-cli DBSIZE
redis-cli GET x
redis-cli SLOWLOG GET 10
redis-cli CLIENT LIST
redis-cli LLEN q
redis-cli CONFIG GET maxmemory
mongosh --eval "rs.status()"
mongosh --eval "db.serverStatus()"
rabbitmqctl list_queues
rabbitmqctl cluster_status
kafka-topics.sh --list --bootstrap-server x
kafka-consumer-groups.sh --describe --group x
etcdctl endpoint health
etcdctl member list
consul members
vault status
nomad status
curl localhost:9200/_cluster/health
curl -X GET https://x
certbot certificates
ssh x uptime
ssh x 'df -h'
sudo df -h
sudo -u postgres psql -c 'SELECT 1'
argocd app get x
flux get kustomizations
istioctl proxy-status
ceph status
ceph osd tree
zpool status
lvs
vgs
virsh list
smartctl -a /dev/sda
oc get pods
oc describe pod x
gh run list
gh pr list
gh run view 1 --log
tar -tzf a.tgz
which x
type x
command -v x
test -f x
echo ok
printf x
sleep 5
true
jq . f
yq . f
base64 -d f
timedatectl
celery -A x inspect active
php artisan queue:failed
php artisan migrate:status
rails db:migrate:status
python manage.py showmigrations
python manage.py check
alembic current
alembic history
npm ls
npm outdated
node --version
python --version
pip list
composer show
wp core version
Get-Service x
Get-Process
Get-EventLog -LogName System -Newest 10
Test-NetConnection x -Port 80
Get-Content x -Tail 10
netstat -ano
tasklist
sc query x
ipconfig /all
systeminfo
nvidia-smi
sar -u 1 3
pidstat 1 3
mpstat 1 3
ntpq -p
arp -a
mtr -rwc 10 x
whois x
getent hosts x
ulimit -a
cat x | grep y | wc -l
for i in 1 2; do df -h; done
doctl apps list
promtool check config x
amtool alert query
curl -sG http://p/api/v1/query --data-urlencode 'query=up'
"""


@pytest.mark.parametrize("command", CHANGES.strip().splitlines())
def test_what_changes_something_is_never_said_to_look_only(command: str) -> None:
    """A command whose effect is not known waits for consent as well as one that changes something."""
    assert judge(command).effect is not Effect.READ_ONLY


@pytest.mark.parametrize("command", SECRETS.strip().splitlines())
def test_what_prints_a_secret_waits_for_consent(command: str) -> None:
    """It changes nothing, and its output would stand in the incident for everybody to read."""
    assert judge(command).effect is Effect.UNKNOWN


@pytest.mark.parametrize("command", LOOKS.strip().splitlines())
def test_what_only_looks_may_run_by_itself(command: str) -> None:
    """A check that waits for consent is of less use at night."""
    assert judge(command).effect is Effect.READ_ONLY
